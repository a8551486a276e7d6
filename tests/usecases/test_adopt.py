from typing import Any

import pytest

from ftops.core.cost import Tariff
from ftops.core.lock import lock_for
from ftops.core.names import JobId, ModelId
from ftops.errors import FtopsError, JobNotFound, ProviderRejected, RecordError
from ftops.usecases.adopt import adopt
from tests.fakes.specs import TUNED, declared, desired, job
from tests.fakes.stage import Stage

SPEC = declared()
WANTED = desired(rows=str(SPEC.spec.dataset.train))
THEIRS = JobId("ftjob-theirs")


def stage_with(status: str = "succeeded", **fields: Any) -> Stage:  # noqa: ANN401 - any field of the job
    """Return a stage on which somebody else's job, without a stamp, is shown."""
    stage = Stage(SPEC)
    stage.provider.add(job(WANTED, status, id=THEIRS, **{"metadata": {}, **fields}))
    return stage


def test_an_adopted_job_is_recorded_and_kept() -> None:
    stage = stage_with()
    assert stage.kinds() == ["train"]
    recorded = adopt(WANTED, THEIRS, stage.eyes, stage.locks, Tariff())
    assert recorded == lock_for(WANTED, stage.provider.job(THEIRS), Tariff())
    assert stage.locks.read() == {SPEC.name: recorded}
    assert stage.kinds() == ["keep"]
    assert stage.provider.posts == 0


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(
            {"model": ModelId("gpt-4.1-mini-2025-04-14.ft-0ab1")}, id="a tune of the base"
        ),
        pytest.param({"method": None}, id="a method nobody tells"),
    ],
)
def test_these_are_adopted(fields: dict[str, Any]) -> None:
    stage = stage_with(**fields)
    assert adopt(WANTED, THEIRS, stage.eyes, stage.locks, Tariff()).job == THEIRS


@pytest.mark.parametrize(
    ("status", "fields", "error", "message"),
    [
        pytest.param("running", {}, JobNotFound, "is running and has no model", id="it runs"),
        pytest.param("failed", {}, JobNotFound, "is failed and has no model", id="it failed"),
        pytest.param(
            "succeeded",
            {"fine_tuned_model": None},
            JobNotFound,
            "has no model to record",
            id="it names no model",
        ),
        pytest.param(
            "succeeded",
            {"model": ModelId("davinci-002")},
            RecordError,
            "trained davinci-002, but triage declares gpt-4.1-mini-2025-04-14",
            id="another base",
        ),
        pytest.param(
            "succeeded",
            {"method": "dpo"},
            RecordError,
            "used method dpo, but triage declares supervised",
            id="another method",
        ),
    ],
)
def test_these_are_not(
    status: str, fields: dict[str, Any], error: type[FtopsError], message: str
) -> None:
    stage = stage_with(status, **fields)
    with pytest.raises(error, match=message) as refused:
        adopt(WANTED, THEIRS, stage.eyes, stage.locks, Tariff())
    assert refused.value.hint
    assert stage.locks.read() == {}


def test_a_model_that_is_gone_is_not_adopted() -> None:
    stage = stage_with()
    stage.provider.retire(TUNED)
    with pytest.raises(JobNotFound, match="is gone from the provider"):
        adopt(WANTED, THEIRS, stage.eyes, stage.locks, Tariff())


def test_a_job_nobody_knows_is_not_adopted() -> None:
    stage = Stage(SPEC)
    with pytest.raises(ProviderRejected, match="Could not find"):
        adopt(WANTED, THEIRS, stage.eyes, stage.locks, Tariff())


def test_a_lock_that_cannot_be_written_is_told() -> None:
    stage = stage_with()
    stage.locks.unwritable = {SPEC.name}
    with pytest.raises(RecordError, match="cannot be written"):
        adopt(WANTED, THEIRS, stage.eyes, stage.locks, Tariff())


def test_what_goes_on_from_another_spec_may_have_any_base() -> None:
    above = desired("above")
    below = desired("below", upstream=above)
    stage = Stage(SPEC)
    stage.provider.add(job(below, id=THEIRS, model=TUNED, metadata={}))
    assert adopt(below, THEIRS, stage.eyes, stage.locks, Tariff()).base_model == TUNED
