import pytest

from ftops.core.lock import Lock
from ftops.core.observed import ObservedJob
from ftops.core.plan import (
    Await,
    Change,
    Confirm,
    Forget,
    Hold,
    Keep,
    Reason,
    Record,
    Relabel,
    Train,
)
from ftops.core.status import Health, Sync, assess
from tests.fakes.specs import TUNED, desired, intent, job, lock

SPEC = desired()
LOCK = lock(SPEC)
RUNNING = job(SPEC, "running")
DEAD = job(SPEC, "failed")


@pytest.mark.parametrize(
    ("change", "recorded", "axes", "model", "of_job"),
    [
        pytest.param(
            Keep(desired=SPEC, lock=LOCK),
            LOCK,
            (Sync.IN_SYNC, Health.READY),
            TUNED,
            None,
            id="keep",
        ),
        pytest.param(
            Relabel(desired=SPEC, lock=LOCK),
            LOCK,
            (Sync.OUT_OF_SYNC, Health.READY),
            TUNED,
            None,
            id="relabel",
        ),
        pytest.param(
            Record(desired=SPEC, job=job(SPEC)),
            None,
            (Sync.OUT_OF_SYNC, Health.READY),
            TUNED,
            job(SPEC),
            id="record: the model that will be recorded",
        ),
        pytest.param(
            Forget(lock=LOCK), LOCK, (Sync.OUT_OF_SYNC, Health.READY), TUNED, None, id="forget"
        ),
        pytest.param(
            Await(desired=SPEC, job=RUNNING),
            None,
            (Sync.OUT_OF_SYNC, Health.PROGRESSING),
            None,
            RUNNING,
            id="await: no model yet",
        ),
        pytest.param(
            Await(desired=SPEC, job=RUNNING),
            LOCK,
            (Sync.OUT_OF_SYNC, Health.PROGRESSING),
            TUNED,
            RUNNING,
            id="await: the old model until the new one is there",
        ),
        pytest.param(
            Confirm(desired=SPEC, intent=intent(SPEC)),
            None,
            (Sync.UNKNOWN, Health.PROGRESSING),
            None,
            None,
            id="confirm",
        ),
        pytest.param(
            Train(desired=SPEC, reason=Reason.SPEC_ADDED),
            None,
            (Sync.OUT_OF_SYNC, Health.MISSING),
            None,
            None,
            id="train",
        ),
        pytest.param(
            Hold(desired=SPEC, reason=Reason.JOB_FAILED, job=DEAD),
            None,
            (Sync.OUT_OF_SYNC, Health.STALLED),
            None,
            DEAD,
            id="hold",
        ),
    ],
)
def test_assess(
    change: Change,
    recorded: Lock | None,
    axes: tuple[Sync, Health],
    model: str | None,
    of_job: ObservedJob | None,
) -> None:
    status = assess(change, recorded)
    assert (status.spec, status.reason) == ("triage", change.reason)
    assert (status.sync, status.health) == axes
    assert (status.model, status.job) == (model, of_job)
