"""Tests of the clock: real time, and sleeps that end early."""

import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time

from ftops.adapters.system_clock import SystemClock
from ftops.ports import Clock

LONG = 60.0


def test_now_is_aware_and_in_utc() -> None:
    clock: Clock = SystemClock()
    with freeze_time("2026-11-22T10:00:00Z"):
        assert clock.now() == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(0.02, id="a short sleep passes"),
        pytest.param(0.0, id="no time passes"),
        pytest.param(-1.0, id="a moment that has passed is no error"),
    ],
)
def test_a_sleep_takes_its_time(seconds: float) -> None:
    clock = SystemClock()
    begun = time.monotonic()
    clock.sleep(seconds)
    assert time.monotonic() - begun >= max(0.0, seconds) * 0.9
    assert not clock.stopped


def test_a_stop_wakes_every_sleeper_and_lets_none_sleep_again() -> None:
    clock = SystemClock()
    sleepers = [threading.Thread(target=clock.sleep, args=(LONG,)) for _ in range(3)]
    for sleeper in sleepers:
        sleeper.start()
    clock.stop()
    for sleeper in sleepers:
        sleeper.join(timeout=5)
    assert not any(sleeper.is_alive() for sleeper in sleepers)
    begun = time.monotonic()
    clock.sleep(LONG)
    assert time.monotonic() - begun < LONG / 2
    assert clock.stopped


def test_a_signal_handler_may_stop_the_sleep_that_it_interrupts() -> None:
    clock = SystemClock()
    before = signal.signal(signal.SIGALRM, lambda *_: clock.stop())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        begun = time.monotonic()
        clock.sleep(LONG)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - begun < LONG / 2
    assert clock.stopped
