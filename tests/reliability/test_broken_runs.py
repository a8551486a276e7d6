"""A run that is broken anywhere, by death or by its disk: the next one ends with one job a spec."""

import pytest

from tests.reliability.conftest import Survived
from tests.reliability.ground import Ground
from tests.reliability.provider.weather import Fault
from tests.reliability.sweep import Scenario, sweep
from tests.reliability.zygote.failpoints import How


def nothing(ground: Ground) -> None:
    del ground


def a_chain(ground: Ground) -> None:
    ground.checkout.spec("triage-2", model={"from": "triage"})


def a_running_job(ground: Ground) -> None:
    assert ground.run("apply", "--yes", "--no-wait").code == 0


def an_unanswered_creation(ground: Ground) -> None:
    ground.rogue.weather.creations.append(Fault.FAILS_AFTER)
    ground.rogue.weather.unlisted_for = 100
    assert ground.run().code == 1


def a_lost_lock(ground: Ground) -> None:
    assert ground.run().code == 0
    ground.checkout.lock("triage").unlink()


def other_words(ground: Ground) -> None:
    assert ground.run().code == 0
    ground.checkout.spec("triage", metadata={"version": "2"})


def a_spec_that_is_gone(ground: Ground) -> None:
    ground.checkout.spec("old")
    assert ground.run().code == 0
    (ground.checkout.root / "specs/old.yaml").unlink()


def a_dead_job(ground: Ground) -> None:
    assert ground.run("apply", "--yes", "--no-wait").code == 0
    (job,) = ground.history.ours
    ground.history.cancel(job)


LAUNCH = Scenario(before=nothing)
SCENARIOS = [
    pytest.param(LAUNCH, id="a first launch"),
    pytest.param(Scenario(before=a_running_job), id="a job of an earlier run"),
    pytest.param(Scenario(before=an_unanswered_creation), id="a creation that nobody answered"),
    pytest.param(Scenario(before=a_lost_lock), id="a lost lock"),
    pytest.param(Scenario(before=other_words), id="other words in a spec"),
    pytest.param(Scenario(before=a_spec_that_is_gone, jobs=2), id="a spec that is gone"),
    pytest.param(
        Scenario(before=a_dead_job, arguments=("apply", "--yes", "--retry", "triage"), jobs=2),
        id="a retry of a dead job",
        marks=pytest.mark.deep,
    ),
    pytest.param(
        Scenario(before=a_chain, specs=frozenset({"triage", "triage-2"})),
        id="a spec and one that goes on from it",
        marks=pytest.mark.deep,
    ),
]
DISK = (How.ENOSPC, How.EROFS, How.EIO)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_run_killed_at_any_effect_is_finished_by_the_next(
    ground: Ground, scenario: Scenario, survived: Survived
) -> None:
    survived(sweep(ground, scenario, [How.KILL, How.TORN]))


def test_a_run_with_a_broken_disk_is_finished_by_the_next(
    ground: Ground, survived: Survived
) -> None:
    survived(sweep(ground, LAUNCH, DISK, by_turns=True))


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_run_with_any_broken_disk_is_finished_by_the_next(
    ground: Ground, scenario: Scenario, survived: Survived
) -> None:
    survived(sweep(ground, scenario, DISK))


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_a_run_interrupted_at_any_effect_is_finished_by_the_next(
    ground: Ground, survived: Survived
) -> None:
    survived(sweep(ground, LAUNCH, [How.INTERRUPT, How.INTERRUPT_TWICE]))
