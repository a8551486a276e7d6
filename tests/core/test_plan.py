"""The one decision, row by row in the order of its table."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from ftops.core.difference import Difference
from ftops.core.lock import Lock
from ftops.core.names import JobId, TargetName
from ftops.core.observed import Observed, ObservedJob, OpenIntent
from ftops.core.plan import (
    Await,
    Confirm,
    Hold,
    Keep,
    Reason,
    Record,
    Relabel,
    Train,
    decide,
)
from tests.fakes.clock import NOON
from tests.fakes.specs import desired, intent, job, lock, models

SPEC = desired("triage", metadata={"version": "2"})
EDITED = desired("triage", metadata={"version": "2"}, seed=7)
OTHER_WORDS = desired("triage", metadata={"version": "1"})
SAME_LOCK = lock(SPEC)
WINDOW = timedelta(minutes=10)


def seen(*jobs: ObservedJob, gone: bool = False, intents: Sequence[OpenIntent] = ()) -> Observed:
    """Return one look at NOON; `gone` leaves out the model TUNED."""
    listed = {} if gone else models()
    return Observed(at=NOON, jobs=jobs, models=listed, open_intents=tuple(intents))


NOTHING = seen(gone=True)


def elsewhere(target: str) -> Lock:
    return lock(desired("triage", target=TargetName(target), metadata={"version": "2"}))


@pytest.mark.parametrize(
    ("recorded", "observed", "kind", "reason"),
    [
        pytest.param(
            SAME_LOCK, seen(), Keep, Reason.IN_SYNC, id="same fingerprint and metadata: kept"
        ),
        pytest.param(
            SAME_LOCK,
            seen(job(SPEC, "running")),
            Keep,
            Reason.IN_SYNC,
            id="a recorded model is kept though another job runs",
        ),
        pytest.param(
            SAME_LOCK,
            seen(intents=[intent(SPEC)]),
            Keep,
            Reason.IN_SYNC,
            id="a recorded model is kept though an intent is open",
        ),
        pytest.param(
            lock(OTHER_WORDS),
            seen(),
            Relabel,
            Reason.METADATA_CHANGED,
            id="same fingerprint, other metadata: relabelled",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "running"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "brand-new-word"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a word nobody knows is awaited",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "paused"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a paused job is awaited",
        ),
        pytest.param(
            lock(EDITED),
            seen(job(SPEC, "queued")),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited though a lock records other inputs",
        ),
        pytest.param(
            SAME_LOCK,
            seen(job(SPEC, "running"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited though the recorded model vanished",
        ),
        pytest.param(
            None,
            seen(job(SPEC)),
            Record,
            Reason.MODEL_UNRECORDED,
            id="a lost lock is recorded again",
        ),
        pytest.param(
            lock(EDITED),
            seen(job(SPEC)),
            Record,
            Reason.MODEL_UNRECORDED,
            id="a reverted spec is recorded from its earlier job",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True),
            Hold,
            Reason.JOB_FAILED,
            id="a failed job is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "cancelled"), gone=True),
            Hold,
            Reason.JOB_FAILED,
            id="a cancelled job is held",
        ),
        pytest.param(
            lock(EDITED),
            seen(job(SPEC, "failed")),
            Hold,
            Reason.JOB_FAILED,
            id="a failed job is held though a lock records other inputs",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(SPEC, seconds_ago=599)]),
            Confirm,
            Reason.CREATION_UNCONFIRMED,
            id="a creation begun within the window is confirmed",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True, intents=[intent(SPEC, seen=1)]),
            Confirm,
            Reason.CREATION_UNCONFIRMED,
            id="a retry without an answer is confirmed before the dead job is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True, intents=[intent(SPEC, seen=0)]),
            Hold,
            Reason.JOB_FAILED,
            id="an intent is resolved once more jobs are listed than it knew",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(SPEC, seconds_ago=600)]),
            Train,
            Reason.SPEC_ADDED,
            id="a creation older than the window can no longer turn up",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(EDITED)]),
            Train,
            Reason.SPEC_ADDED,
            id="another fingerprint's intent is not waited for",
        ),
        pytest.param(None, NOTHING, Train, Reason.SPEC_ADDED, id="nothing anywhere: trained"),
        pytest.param(
            None,
            seen(job(EDITED)),
            Train,
            Reason.SPEC_ADDED,
            id="another fingerprint's job is nobody's",
        ),
        pytest.param(
            lock(EDITED),
            seen(),
            Train,
            Reason.INPUTS_CHANGED,
            id="a lock with another fingerprint: trained",
        ),
        pytest.param(
            elsewhere("local"),
            seen(),
            Train,
            Reason.TARGET_CHANGED,
            id="a lock of another target: trained",
        ),
        pytest.param(
            SAME_LOCK,
            NOTHING,
            Hold,
            Reason.MODEL_MISSING,
            id="a recorded model that vanished is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC), gone=True),
            Hold,
            Reason.MODEL_MISSING,
            id="a job that succeeded and whose model vanished is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC, fine_tuned_model=None)),
            Hold,
            Reason.MODEL_MISSING,
            id="a job that succeeded without naming a model is held",
        ),
    ],
)
def test_decide(recorded: Lock | None, observed: Observed, kind: type, reason: Reason) -> None:
    change = decide(SPEC, recorded, observed)
    assert (type(change), change.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("recorded", "observed", "kind", "reason"),
    [
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True),
            Train,
            Reason.JOB_FAILED,
            id="a failed job is trained again",
        ),
        pytest.param(
            SAME_LOCK,
            NOTHING,
            Train,
            Reason.MODEL_MISSING,
            id="a vanished model is trained again",
        ),
        pytest.param(SAME_LOCK, seen(), Keep, Reason.IN_SYNC, id="a model that exists is kept"),
        pytest.param(
            None,
            seen(job(SPEC)),
            Record,
            Reason.MODEL_UNRECORDED,
            id="a model that exists is recorded",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), job(SPEC, "running", id=JobId("ftjob-2")), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited all the same",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(SPEC)]),
            Confirm,
            Reason.CREATION_UNCONFIRMED,
            id="an open intent is confirmed all the same",
        ),
    ],
)
def test_decide_when_a_person_says_retry(
    recorded: Lock | None, observed: Observed, kind: type, reason: Reason
) -> None:
    change = decide(SPEC, recorded, observed, retry=True)
    assert (type(change), change.reason) == (kind, reason)


def test_a_retry_knows_how_many_jobs_are_dead() -> None:
    dead = [job(SPEC, "failed"), job(SPEC, "cancelled", id=JobId("ftjob-2"))]
    change = decide(SPEC, None, seen(*dead, gone=True), retry=True)
    assert isinstance(change, Train)
    assert change.seen == 2


def test_a_hold_names_the_youngest_job_and_the_lock() -> None:
    first = job(SPEC, "failed")
    last = job(SPEC, "failed", id=JobId("ftjob-2"), created_at=NOON)
    change = decide(SPEC, SAME_LOCK, seen(last, first, gone=True))
    assert isinstance(change, Hold)
    assert (change.job, change.lock) == (last, SAME_LOCK)


def test_a_retraining_says_what_changed() -> None:
    change = decide(EDITED, SAME_LOCK, seen())
    assert isinstance(change, Train)
    assert change.differences == (Difference(field="seed", old=None, new=7),)
