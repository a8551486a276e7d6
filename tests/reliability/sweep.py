"""Break a run at every one of its effects in turn, and judge what the next runs make of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.reliability.ground import Ground, taken
from tests.reliability.nursery import APPLY
from tests.reliability.zygote.failpoints import SOCKET, Failpoint, How

NOT_A_FILE_S: Final = (SOCKET, "_execute_child", "flock")
OF_ANY_EFFECT: Final = frozenset({How.KILL, How.INTERRUPT, How.INTERRUPT_TWICE})
STOPS_AT_ONCE: Final = frozenset({How.KILL, How.TORN, How.INTERRUPT_TWICE})
"""What leaves no time to write a job's id down: the intent is, and the stamp tells the rest."""
BUG: Final = 3
TOLD: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How it stood before the run that breaks; `jobs` counts all jobs that may ever be made."""

    before: Callable[[Ground], None]
    arguments: Sequence[str] = APPLY
    specs: frozenset[str] = frozenset({"triage"})
    jobs: int | None = None


def effects_of(ground: Ground, scenario: Scenario) -> list[str]:
    """Return the effects of the run when nothing breaks, in order."""
    trace = ground.checkout.root.with_suffix(".trace")
    died = ground.live(replace(ground.birth(*scenario.arguments), trace=trace))
    assert died.code == 0, died.words
    assert ground.complaints(scenario.specs, scenario.jobs) == []
    return trace.read_text("utf-8").splitlines()


def points_of(effects: Sequence[str], hows: Sequence[How], *, by_turns: bool) -> list[Failpoint]:
    """Return each effect with each way to break that fits it, or with one of them `by_turns`."""
    points = []
    counts: Counter[str] = Counter()
    for place, effect in enumerate(effects):
        counts[effect] += 1
        fitting = [how for how in hows if _fits(how, effect)]
        if by_turns:
            fitting = fitting[place % len(fitting) :][:1] if fitting else []
        points += [Failpoint(effect=effect, number=counts[effect], how=how) for how in fitting]
    return points


def _fits(how: How, effect: str) -> bool:
    if how is How.TORN:
        return effect.startswith("write")
    return how in OF_ANY_EFFECT or not any(word in effect for word in NOT_A_FILE_S)


def sweep(
    ground: Ground, scenario: Scenario, hows: Sequence[How], *, by_turns: bool = False
) -> int:
    """Break the run everywhere; return how many points were survived, and fail with the others."""
    scenario.before(ground)
    before = taken(ground)
    effects = effects_of(before.restored(ground), scenario)
    broken, points = [], points_of(effects, hows, by_turns=by_turns)
    for point in points:
        again = before.restored(ground)
        found = _survive(again, scenario, point)
        broken += [f"{point.effect}: {point.how}: {one}" for one in found]
    assert not broken, "\n".join(broken[:10])
    return len(points)


def _survive(ground: Ground, scenario: Scenario, point: Failpoint) -> list[str]:
    known = {job.id for job in ground.history.ours}
    died = ground.live(replace(ground.birth(*scenario.arguments), failpoint=point))
    if died.code == BUG:
        return [f"ended as a bug: {died.words[-TOLD:]}"]
    new = {job.id for job in ground.history.ours} - known
    if point.how not in STOPS_AT_ONCE and not all(map(ground.remembered, new)):
        return [f"nobody remembers {new}: {died.words[-TOLD:]}"]
    try:
        ground.recover(*scenario.arguments)
        found = ground.complaints(scenario.specs, scenario.jobs)
    except AssertionError as error:
        return [str(error)]
    return found
