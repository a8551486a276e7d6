"""A wrong clock makes somebody wait; it makes nobody pay twice."""

import shutil
import subprocess
import sys
from dataclasses import replace
from typing import Final

import pytest

from tests.reliability.conftest import Survived
from tests.reliability.ground import Ground
from tests.reliability.nursery import APPLY, PLAIN
from tests.reliability.provider.weather import Fault, Weather

TRIAGE = frozenset({"triage"})
A_DAY: Final = 86_400.0
FOR_EVER: Final = 10**9
SKEWS = [
    pytest.param(-3650 * A_DAY, id="ten years behind"),
    pytest.param(-A_DAY, id="a day behind"),
    pytest.param(-600.0, id="ten minutes behind"),
    pytest.param(A_DAY, id="a day ahead"),
    pytest.param(3650 * A_DAY, id="ten years ahead"),
]


@pytest.mark.parametrize("skew", SKEWS)
def test_a_clock_that_jumps_between_two_runs_never_makes_a_second_job(
    ground: Ground, survived: Survived, skew: float
) -> None:
    lost = Weather(creations=[Fault.RESETS_AFTER], unlisted_for=FOR_EVER, clock=0.0)
    assert ground.break_in(lost) == 1
    jumped = replace(ground, between_runs=skew)
    jumped.break_in(Weather(unlisted_for=FOR_EVER, clock=1.0))
    assert ground.history.posts == 1, "the provider's clock says that it may still turn up"
    jumped.recover()
    assert jumped.complaints(TRIAGE) == []
    survived(1)


@pytest.mark.parametrize("skew", SKEWS)
def test_a_creation_that_never_arrived_is_made_once_the_provider_s_clock_allows(
    ground: Ground, skew: float
) -> None:
    assert ground.break_in(Weather(creations=[Fault.RESETS_BEFORE], clock=0.0)) == 1
    jumped = replace(ground, between_runs=skew)
    assert jumped.break_in(Weather(clock=601.0)) == 0
    assert jumped.complaints(TRIAGE) == []


@pytest.mark.deep
@pytest.mark.skipif(shutil.which("faketime") is None, reason="there is no faketime here")
@pytest.mark.parametrize("skew", ["-1d", "+1d", "-10y", "+10y"])
def test_a_whole_process_under_a_wrong_clock_launches_once(ground: Ground, skew: str) -> None:
    ground.rogue.weather = Weather(clock=0.0)
    words = ["faketime", "-f", skew, sys.executable, "-m", "ftops", *APPLY]
    # A monotonic clock is right by its nature; faked, it lets waits never end.
    environment = {**PLAIN, "HOME": str(ground.checkout.root), "DONT_FAKE_MONOTONIC": "1"}
    for _ in range(2):
        done = subprocess.run(
            words,
            cwd=ground.checkout.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
    assert ground.history.posts == 1
    assert ground.complaints(TRIAGE) == []
