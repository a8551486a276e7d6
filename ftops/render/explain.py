"""What a person wants to know about one change: its model, its job, and the lines under its row."""

from ftops.core.difference import differences
from ftops.core.names import JobId, ModelId
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
from ftops.render.words import clock_time, difference_words, estimate_words, moment


def model_of(change: Change) -> ModelId | None:
    """Return the model the change is about, if it has one yet."""
    match change:
        case Keep(lock=lock) | Relabel(lock=lock) | Forget(lock=lock):
            return lock.model_id
        case Record(job=job):
            return job.fine_tuned_model
        case Hold(lock=lock, job=job):
            if lock is not None and lock.fingerprint == change.desired.fingerprint:
                return lock.model_id
            return None if job is None else job.fine_tuned_model
        case Await() | Confirm() | Train():
            return None


def job_of(change: Change) -> JobId | None:
    """Return the job the change is about, if it has one yet."""
    match change:
        case Await(job=job) | Record(job=job):
            return job.id
        case Hold(job=held):
            return None if held is None else held.id
        case Keep(lock=lock) | Relabel(lock=lock) | Forget(lock=lock):
            return JobId(lock.job)
        case Confirm() | Train():
            return None


def details_of(change: Change) -> tuple[str, ...]:
    """Return what to write under the change's row, not yet made harmless."""
    match change:
        case Train():
            changed = tuple(map(difference_words, change.differences))
            return (estimate_words(change.desired.estimate), *changed)
        case Await(job=job):
            return (_running(job),)
        case Confirm(intent=intent):
            return (f"begun {moment(intent.begun_at)} UTC; apply looks for it first",)
        case Hold():
            return _held(change)
        case Keep() | Relabel() | Record() | Forget():
            return _about_the_lock(change)


def _about_the_lock(change: Keep | Relabel | Record | Forget) -> tuple[str, ...]:
    match change:
        case Keep():
            return ()
        case Relabel():
            return _relabelled(change)
        case Record(job=job):
            return (f"model {job.fine_tuned_model} of job {job.id}",)
        case Forget(lock=lock):
            return (f"the lock goes; the model {lock.model} stays on {lock.target}",)


def _relabelled(change: Relabel) -> tuple[str, ...]:
    recorded = change.lock.metadata
    found = differences(recorded, change.desired.metadata_to_record(recorded))
    return tuple(f"metadata.{difference_words(one)}" for one in found)


def _running(job: ObservedJob) -> str:
    ending = (
        "" if job.estimated_finish is None else f", ends about {clock_time(job.estimated_finish)}"
    )
    return f"job {job.id}: {job.provider_status}{ending}"


def _held(change: Hold) -> tuple[str, ...]:
    name, job, model = change.desired.name, change.job, model_of(change)
    if change.reason is Reason.CREATION_UNCONFIRMED:
        return (
            "a creation was never answered, and this provider keeps no stamp to find its job by",
            f"hint: is the job there, `ftops adopt {name} JOB`; is there none, `ftops apply "
            f"--retry {name}`",
        )
    lines = [] if model is None else [f"model {model}"]
    if job is not None:
        why = "" if job.failure is None else f": {job.failure.message} ({job.failure.code})"
        lines.append(f"job {job.id} ended as {job.provider_status}{why}")
    hint = f"hint: see `ftops logs {name}`; train it again with `ftops apply --retry {name}`"
    return (*lines, hint)
