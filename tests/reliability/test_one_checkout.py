"""Two applies in one checkout: one works, the other is told who does."""

from dataclasses import replace

from tests.reliability.ground import Ground
from tests.reliability.provider.history import History

TRIAGE = frozenset({"triage"})
NEVER = 10**9
RACERS = 5


def test_the_second_apply_is_told_who_is_at_work(ground: Ground) -> None:
    ground.rogue.begin(History(looks_to_finish=NEVER))
    first = ground.nursery.start(ground.birth())
    ground.rogue.until(lambda: bool(ground.history.ours))
    requests = ground.history.posts
    second = ground.nursery.run(ground.birth())
    ground.history.finish(ground.history.ours[0])
    assert ground.nursery.wait(first).code == 0
    assert second.code == 1
    assert f"process {first} (ftops apply) has been applying in this checkout" in second.words
    assert f"kill -INT {first}" in second.words
    assert ground.history.posts == requests == 1
    assert ground.complaints(TRIAGE) == []


def test_a_killed_apply_keeps_nobody_out(ground: Ground) -> None:
    ground.rogue.begin(History(looks_to_finish=NEVER))
    first = ground.nursery.start(ground.birth())
    ground.rogue.until(lambda: bool(ground.history.ours))
    ground.killer(first)()
    assert ground.nursery.wait(first).code < 0
    ground.history.finish(ground.history.ours[0])
    ground.recover()
    assert ground.complaints(TRIAGE) == []


def race(ground: Ground) -> list[int]:
    racing = replace(ground, flies=False, environment={"FTOPS_POLL_SECONDS": "0.05"})
    pids = [racing.nursery.start(racing.birth()) for _ in range(RACERS)]
    return [racing.nursery.wait(pid).code for pid in pids]


def check_race(ground: Ground) -> None:
    codes = race(ground)
    assert ground.history.posts == 1
    assert ground.history.paid_twice() == []
    assert codes.count(0) >= 1
    assert set(codes) <= {0, 1}
    ground.recover()
    assert ground.complaints(TRIAGE) == []


def test_applies_that_race_in_one_checkout_launch_once(ground: Ground) -> None:
    check_race(ground)
