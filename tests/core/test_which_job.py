"""Of several jobs with one fingerprint every machine chooses the same."""

from datetime import timedelta

import pytest

from ftops.core.names import JobId, ModelId
from ftops.core.observed import Observed, ObservedJob
from ftops.core.plan import (
    Await,
    Record,
    decide,
)
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, desired, job, models

SPEC = desired("triage", metadata={"version": "2"})
LATER = NOON - timedelta(minutes=1)
MODEL_2 = ModelId("ft:gpt-4.1-mini-2025-04-14:acme::second")


@pytest.mark.parametrize(
    ("jobs", "chosen"),
    [
        pytest.param(
            [job(SPEC, "running", id=JobId("young"), created_at=LATER), job(SPEC, "running")],
            "ftjob-1",
            id="of two running jobs the eldest",
        ),
        pytest.param(
            [job(SPEC, "running", id=JobId("b")), job(SPEC, "running", id=JobId("a"))],
            "a",
            id="of two of one age the first by id",
        ),
        pytest.param(
            [job(SPEC, "running"), job(SPEC, id=JobId("done"), created_at=LATER)],
            "done",
            id="a succeeded one before an elder that still runs",
        ),
        pytest.param(
            [
                job(SPEC, id=JobId("young"), created_at=LATER, fine_tuned_model=MODEL_2),
                job(SPEC),
            ],
            "ftjob-1",
            id="of two succeeded ones the eldest",
        ),
        pytest.param(
            [
                job(SPEC, id=JobId("gone"), fine_tuned_model=ModelId("ft:gone")),
                job(SPEC, id=JobId("young"), created_at=LATER),
            ],
            "young",
            id="not the eldest if its model vanished",
        ),
        pytest.param(
            [job(SPEC, "failed"), job(SPEC, "running", id=JobId("again"), created_at=LATER)],
            "again",
            id="a running one before an elder that failed",
        ),
    ],
)
def test_which_job_counts(jobs: list[ObservedJob], chosen: str) -> None:
    observed = Observed(at=NOON, jobs=tuple(jobs), models=models(TUNED, MODEL_2))
    change = decide(SPEC, None, observed)
    assert isinstance(change, Await | Record)
    assert change.job.id == chosen
