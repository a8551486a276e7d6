"""A wrong clock delays, and never pays twice: how old an intent is, the provider tells."""

from datetime import timedelta

import pytest

from ftops.core.outcome import Settled, Unconfirmed
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.provider import Fault
from tests.fakes.specs import declared
from tests.fakes.stage import Stage

SPEC = declared()
LAG = 300


def two_clocks() -> Stage:
    """A creation is accepted and its answer lost; the listing lags behind."""
    stage = Stage(SPEC)
    stage.provider.clock = FakeClock()
    stage.provider.faults = [Fault.LOST_ANSWER]
    stage.provider.listing_lag = LAG
    (outcome,) = stage.apply()
    assert isinstance(outcome, Unconfirmed)
    return stage


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(1, id="a day ahead"),
        pytest.param(3650, id="ten years ahead"),
        pytest.param(-1, id="a day behind"),
    ],
)
def test_a_clock_that_jumps_between_two_runs_changes_nothing(days: int) -> None:
    stage = two_clocks()
    stage.clock.advance(timedelta(days=days).total_seconds())
    assert stage.kinds() == ["confirm"]
    (again,) = stage.apply()
    assert isinstance(again, Unconfirmed)
    assert isinstance(stage.provider.clock, FakeClock)
    stage.provider.clock.advance(LAG)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert len(stage.provider.created) == 1


def test_the_window_is_the_provider_s() -> None:
    stage = Stage(SPEC)
    stage.provider.clock = FakeClock()
    stage.provider.faults = [Fault.LOST_REQUEST]
    stage.apply()
    assert isinstance(stage.provider.clock, FakeClock)
    # A provider's date is in whole seconds: a job asked for at its end is up to one younger.
    stage.provider.clock.advance(600)
    assert stage.kinds() == ["confirm"]
    stage.provider.clock.advance(1)
    assert stage.clock.now() < NOON + timedelta(seconds=600)
    assert stage.kinds() == ["train"]


def test_without_its_time_ours_counts() -> None:
    stage = Stage(SPEC)
    stage.provider.tells_time = False
    stage.provider.faults = [Fault.LOST_REQUEST]
    stage.apply()
    assert stage.kinds() == ["confirm"]
    stage.clock.advance(600)
    assert stage.kinds() == ["train"]


def test_a_clock_set_back_while_ftops_looks_makes_nobody_wait_for_a_day() -> None:
    stage = Stage(SPEC)
    stage.provider.tells_time = False
    stage.provider.faults = [Fault.LOST_REQUEST]
    forward = stage.clock.sleep

    def sleep(seconds: float) -> None:
        forward(seconds)
        stage.clock.advance(-timedelta(hours=6).total_seconds())

    stage.clock.sleep = sleep  # type: ignore[method-assign]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Unconfirmed)
    assert sum(stage.clock.slept) == pytest.approx(stage.wishes.settle_seconds)


def test_looks_come_ever_more_slowly() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [Fault.LOST_REQUEST]
    stage.apply()
    slept = stage.clock.slept
    assert slept[:-1] == sorted(slept[:-1])
    assert (slept[0], max(slept), len(slept) < 15) == (2.0, 15.0, True)
