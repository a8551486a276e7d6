"""A plan as a whole: what it forgets, costs and is known by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from ftops.core.cost import Tariff
from ftops.core.desired import Desired
from ftops.core.names import Fingerprint, JobId, SpecName, TargetName
from ftops.core.observed import Observed, ObservedJob, OpenIntent
from ftops.core.plan import (
    Forget,
    Keep,
    Plan,
    Reason,
    Train,
    Wanted,
    fingerprint_of,
    kind_of,
    make_plan,
    spec_of,
    target_of,
)
from tests.fakes.clock import NOON
from tests.fakes.specs import desired, job, lock, models

SPEC = desired("triage", metadata={"version": "2"})
EDITED = desired("triage", metadata={"version": "2"}, seed=7)
OTHER_WORDS = desired("triage", metadata={"version": "1"})
SAME_LOCK = lock(SPEC)
WINDOW = timedelta(minutes=10)


def seen(*jobs: ObservedJob, gone: bool = False, intents: Sequence[OpenIntent] = ()) -> Observed:
    """Return one look at NOON; `gone` leaves out the model TUNED."""
    listed = {} if gone else models()
    return Observed(at=NOON, jobs=jobs, models=listed, open_intents=tuple(intents))


NOTHING = seen(gone=True)


def planned(*wanted: Desired, observed: Observed = NOTHING) -> Plan:
    names = frozenset(one.name for one in wanted)
    return make_plan(Wanted(desired=wanted, declared=names), {}, observed)


def test_a_lock_without_a_spec_is_forgotten() -> None:
    orphan = lock(desired("gone"))
    plan = make_plan(Wanted(desired=(), declared=frozenset()), {SpecName("gone"): orphan}, NOTHING)
    assert plan.changes == (Forget(lock=orphan),)
    assert plan.changes[0].reason is Reason.SPEC_REMOVED


def test_a_narrowed_plan_forgets_no_declared_spec() -> None:
    wanted = Wanted(desired=(SPEC,), declared=frozenset({SPEC.name, SpecName("other")}))
    locks = {SPEC.name: SAME_LOCK, SpecName("other"): lock(desired("other"))}
    assert make_plan(wanted, locks, seen()).changes == (Keep(desired=SPEC, lock=SAME_LOCK),)


def test_only_the_named_spec_is_retried() -> None:
    first, second = desired("first"), desired("second")
    dead = seen(job(first, "failed"), job(second, "failed", id=JobId("ftjob-2")), gone=True)
    names = frozenset({first.name, second.name})
    wanted = Wanted(desired=(first, second), declared=names, retry=frozenset({second.name}))
    assert [kind_of(one) for one in make_plan(wanted, {}, dead).changes] == ["hold", "train"]


def test_a_renamed_spec_is_recorded_and_its_old_lock_forgotten() -> None:
    old, new = desired("old", rows="same"), desired("new", rows="same")
    wanted = Wanted(desired=(new,), declared=frozenset({new.name}))
    plan = make_plan(wanted, {old.name: lock(old)}, seen(job(old)))
    assert [(kind_of(one), spec_of(one)) for one in plan.changes] == [
        ("record", "new"),
        ("forget", "old"),
    ]


def test_a_plan_is_empty_if_all_is_kept() -> None:
    kept = Keep(desired=SPEC, lock=SAME_LOCK)
    assert Plan(changes=(kept,)).is_empty
    assert not Plan(changes=(kept, Forget(lock=SAME_LOCK))).is_empty


TRAIN = Train(desired=SPEC, reason=Reason.SPEC_ADDED)


def test_a_change_tells_what_it_is_about() -> None:
    forget = Forget(lock=SAME_LOCK)
    assert (spec_of(TRAIN), target_of(TRAIN), fingerprint_of(TRAIN)) == (
        spec_of(forget),
        target_of(forget),
        fingerprint_of(forget),
    )
    assert fingerprint_of(forget) == Fingerprint(SAME_LOCK.fingerprint)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(TRAIN, True, id="the same change"),
        pytest.param(replace(TRAIN, reason=Reason.JOB_FAILED), True, id="for another reason"),
        pytest.param(
            Train(desired=OTHER_WORDS, reason=Reason.SPEC_ADDED), True, id="with other metadata"
        ),
        pytest.param(Keep(desired=SPEC, lock=SAME_LOCK), False, id="another kind"),
        pytest.param(replace(TRAIN, desired=EDITED), False, id="another fingerprint"),
        pytest.param(
            replace(TRAIN, desired=desired("other", rows="triage")), False, id="another spec"
        ),
        pytest.param(
            replace(TRAIN, desired=replace(SPEC, target=TargetName("local"))),
            False,
            id="another target",
        ),
    ],
)
def test_the_digest_is_over_target_spec_kind_and_fingerprint(
    other: Train | Keep, *, same: bool
) -> None:
    assert (Plan(changes=(other,)).digest == Plan(changes=(TRAIN,)).digest) is same


def test_the_digest_ignores_order_and_notes() -> None:
    forget = Forget(lock=lock(desired("gone")))
    first = Plan(changes=(TRAIN, forget), notes=("a note",))
    assert first.digest == Plan(changes=(forget, TRAIN)).digest
    assert first.digest != Plan(changes=(TRAIN,)).digest


@pytest.mark.parametrize(
    ("bases", "usd"),
    [
        pytest.param([], 0, id="nothing to launch costs nothing"),
        pytest.param(["gpt-4.1-mini-2025-04-14"], 0.075, id="one launch"),
        pytest.param(["gpt-4.1-mini-2025-04-14", "davinci-002"], 0.165, id="two launches add up"),
        pytest.param(["gpt-4.1-mini-2025-04-14", "nobody-knows"], None, id="one without a price"),
    ],
)
def test_what_a_plan_costs(bases: list[str], usd: float | None) -> None:
    wanted = [desired(f"spec-{number}", model=base) for number, base in enumerate(bases)]
    assert planned(*wanted).usd == (usd if usd is None else pytest.approx(usd))


def test_each_launch_is_listed() -> None:
    first, second = desired("first"), desired("second")
    plan = planned(first, second, observed=seen(job(first, "running"), gone=True))
    assert [one.desired.name for one in plan.trains] == ["second"]
    assert Tariff().cost(second.root_model, second.estimate.trained_tokens) == plan.usd


class Counted(dict[str, str]):
    """Metadata that counts how often anybody looks into it."""

    looks = 0

    @override
    def get(self, key: str, default: Any = None) -> Any:
        Counted.looks += 1
        return super().get(key, default)


def test_twice_as_many_specs_look_at_twice_as_many_jobs() -> None:
    looks = []
    for count in (10, 20):
        wanted = tuple(desired(f"spec-{number}", seed=number) for number in range(count))
        jobs = tuple(
            replace(job(one), id=JobId(one.name), metadata=Counted(job(one).metadata))
            for one in wanted
        )
        Counted.looks = 0
        everyone = frozenset(one.name for one in wanted)
        make_plan(Wanted(desired=wanted, declared=everyone), {}, Observed(at=NOON, jobs=jobs))
        looks.append(Counted.looks)
    assert looks[1] <= 2 * looks[0]
