from datetime import timedelta

import pytest

from ftops.core.names import JobId
from ftops.errors import JobNotFound, ProviderRejected
from ftops.ports import JobControl
from ftops.usecases.jobs import act_on, find_job, find_model, find_running_job
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, declared, desired, job, lock
from tests.fakes.stage import Stage

SPEC = desired()
OLD = job(SPEC, "failed", id=JobId("ftjob-old"))
YOUNG = job(SPEC, "running", id=JobId("ftjob-young"), created_at=NOON)


def stage_with(*, locked: bool = False) -> Stage:
    stage = Stage(declared())
    stage.provider.looks_to_finish = None
    stage.provider.add(OLD)
    stage.provider.add(YOUNG)
    if locked:
        stage.locks.write(lock(SPEC, job="ftjob-locked"))
    return stage


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("triage", YOUNG, id="a spec's youngest job"),
        pytest.param("ftjob-old", OLD, id="a job by its id"),
    ],
)
def test_which_job_is_meant(name: str, found: object) -> None:
    assert find_job(name, stage_with().eyes) == found


def test_a_recorded_job_counts_if_it_is_younger() -> None:
    adopted = job(SPEC, id=JobId("ftjob-adopted"), metadata={}, created_at=NOON + timedelta(days=1))
    stage = stage_with()
    stage.provider.add(adopted)
    stage.locks.write(lock(SPEC, job=adopted.id, created_at=adopted.created_at))
    assert find_job("triage", stage.eyes) == adopted


def test_a_recorded_job_does_not_count_if_a_younger_one_runs() -> None:
    assert find_job("triage", stage_with(locked=True).eyes) == YOUNG


def test_a_recorded_job_is_the_only_one() -> None:
    stage = Stage(declared())
    adopted = job(SPEC, id=JobId("ftjob-locked"), metadata={})
    stage.provider.add(adopted)
    stage.locks.write(lock(SPEC, job="ftjob-locked"))
    assert find_job("triage", stage.eyes) == adopted


def test_a_spec_without_a_job() -> None:
    with pytest.raises(JobNotFound, match="triage has no job") as refused:
        find_job("triage", Stage(declared()).eyes)
    assert refused.value.hint == "`ftops apply triage` launches one"


def test_a_job_id_nobody_knows() -> None:
    with pytest.raises(ProviderRejected, match="Could not find"):
        find_job("ftjob-nobody", Stage(declared()).eyes)


def test_only_a_running_job_can_be_acted_on() -> None:
    stage = stage_with()
    assert find_running_job("triage", stage.eyes) == YOUNG
    with pytest.raises(JobNotFound, match="has already ended as failed"):
        find_running_job("ftjob-old", stage.eyes)


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        pytest.param(JobControl.cancel, "cancelled", id="cancel"),
        pytest.param(JobControl.pause, "paused", id="pause"),
        pytest.param(JobControl.resume, "queued", id="resume"),
    ],
)
def test_acting_on_a_job(verb: object, status: str) -> None:
    stage = stage_with()
    name = getattr(verb, "__name__", "")
    after = act_on(
        "triage", stage.eyes, lambda control, one: getattr(control, name)(one), stage.provider
    )
    assert (after.id, after.provider_status) == (YOUNG.id, status)


def test_which_model_is_meant() -> None:
    stage = stage_with(locked=True)
    assert find_model("triage", stage.eyes, ["triage"]) == TUNED
    assert find_model("gpt-4.1", stage.eyes, ["triage"]) == "gpt-4.1"


def test_a_spec_without_a_model() -> None:
    with pytest.raises(JobNotFound, match="triage has no recorded model"):
        find_model("triage", stage_with().eyes, ["triage"])
