"""Each mechanism, and the promise that falls when it is taken out of a real process."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from tests.reliability.ground import Ground, taken
from tests.reliability.provider.weather import Fault, Weather
from tests.reliability.sweep import Scenario, effects_of, points_of
from tests.reliability.test_broken_runs import other_words
from tests.reliability.zygote.failpoints import How

TRIAGE = frozenset({"triage"})
WITHIN_THE_WINDOW = 200.0
FOR_EVER = 10**9


def a_job_that_no_listing_shows_yet_is_waited_for(ground: Ground) -> None:
    near = replace(ground, between_runs=WITHIN_THE_WINDOW)
    assert near.break_in(Weather(creations=[Fault.RESETS_AFTER], unlisted_for=FOR_EVER)) == 1
    near.break_in(Weather(unlisted_for=FOR_EVER))
    near.recover()
    assert near.complaints(TRIAGE) == []


def a_clone_without_any_record_finds_the_job(ground: Ground) -> None:
    assert ground.run().code == 0
    ground.checkout.lock("triage").unlink()
    shutil.rmtree(ground.checkout.root / ".ftops")
    ground.recover()
    assert ground.complaints(TRIAGE) == []


def a_creation_that_is_answered_with_an_error_is_sent_once(ground: Ground) -> None:
    ground.break_in(Weather(creations=[Fault.UNAVAILABLE_AFTER] * 3))
    assert ground.history.posts == 1
    ground.recover()
    assert ground.complaints(TRIAGE) == []


def a_lock_is_the_old_one_or_the_new_one(ground: Ground) -> None:
    relabelled = Scenario(before=other_words)
    relabelled.before(ground)
    before = taken(ground)
    effects = effects_of(before.restored(ground), relabelled)
    for point in points_of(effects, [How.TORN], by_turns=False):
        again = before.restored(ground)
        again.live(replace(again.birth(), failpoint=point))
        assert again.locks().keys() == TRIAGE


Check = Callable[[Ground], None]
CHECKS: Final[dict[str, Check]] = {
    "journal": a_job_that_no_listing_shows_yet_is_waited_for,
    "stamp": a_clone_without_any_record_finds_the_job,
    "single attempt": a_creation_that_is_answered_with_an_error_is_sent_once,
    "whole write": a_lock_is_the_old_one_or_the_new_one,
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=[one.__name__ for one in CHECKS.values()])
def test_with_everything_in_place(ground: Ground, check: Check) -> None:
    check(ground)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is what the mechanism is for")
@pytest.mark.parametrize(
    ("mechanism", "check"), CHECKS.items(), ids=[f"the {name}" for name in CHECKS]
)
def test_without(ground: Ground, mechanism: str, check: Check) -> None:
    check(replace(ground, without=(mechanism,)))
