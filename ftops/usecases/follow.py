"""Follow one job until it settles, then record what it made."""

from dataclasses import dataclass

from ftops.core.desired import Desired
from ftops.core.lock import lock_for
from ftops.core.names import JobId
from ftops.core.observed import JobStatus, ObservedJob
from ftops.core.outcome import Failed, Outcome, Settled, Started
from ftops.core.plan import Await, Confirm, Train
from ftops.core.progress import Following, JobLine, JobSeen
from ftops.errors import ProviderError, ProviderRejected, ProviderSurprise
from ftops.ports import Hands

Making = Train | Await | Confirm

SLOWEST_POLL = 30.0
POLL_SHARE_OF_AGE = 0.05
LOOKS_MISSED_AT_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a person wants it applied; seconds."""

    wait: bool = True
    poll_seconds: float = 2.0
    settle_seconds: float = 120.0


def follow(change: Making, job: ObservedJob, hands: Hands, wishes: Wishes) -> Outcome:
    """Watch the job until it is final and record its model; without waiting, say that it runs."""
    name = change.desired.name
    hands.turns.leave(name)
    adopted = not isinstance(change, Train)
    hands.reporter.tell(Following(spec=name, job=job.id, adopted=adopted))
    seen = _watch(change, job, hands, wishes) if wishes.wait else job
    if isinstance(seen, Failed):
        return seen
    return _conclude(change, seen, hands)


def _watch(change: Making, job: ObservedJob, hands: Hands, wishes: Wishes) -> ObservedJob | Failed:
    """Look at the job, slower as it ages, until it is final or a person interrupts."""
    began, last_event, missed = hands.clock.now(), None, 0
    while True:
        try:
            job = hands.provider.job(job.id)
            missed = 0
        except ProviderError as error:
            missed += 1
            if _is_for_good(error) or missed > LOOKS_MISSED_AT_MOST:
                return Failed(
                    change=change,
                    message=f"lost sight of job {job.id}: {error.message}",
                    hint="the job goes on at the provider; `ftops apply` picks it up again",
                )
        last_event = _tell_events(change, job.id, hands, last_event)
        hands.reporter.tell(
            JobSeen(
                spec=change.desired.name,
                job=job.id,
                provider_status=job.provider_status,
                estimated_finish=job.estimated_finish,
            )
        )
        if job.status.is_final or hands.clock.stopped:
            return job
        age = (hands.clock.now() - began).total_seconds()
        slowest = max(SLOWEST_POLL, wishes.poll_seconds)
        hands.clock.sleep(min(slowest, max(wishes.poll_seconds, age * POLL_SHARE_OF_AGE)))


def _is_for_good(error: ProviderError) -> bool:
    """Say whether looking again is no use; a rate limit passes."""
    return isinstance(error, ProviderRejected) and not error.refusal.passes


def _tell_events(change: Making, job_id: JobId, hands: Hands, after: str | None) -> str | None:
    """Tell the job's new events and return the last one's id; a log out of sight is no harm."""
    try:
        events = hands.provider.events(job_id, after)
    except ProviderError:
        return after
    for event in events:
        hands.reporter.tell(JobLine(spec=change.desired.name, job=job_id, event=event))
        after = event.id
    return after


def _conclude(change: Making, job: ObservedJob, hands: Hands) -> Outcome:
    desired = change.desired
    if not job.status.is_final:
        return Started(change=change, job=job.id)
    if job.status is not JobStatus.SUCCEEDED:
        _close_if_listed(job, desired, hands)
        return Failed(change=change, message=_obituary(job), hint=_next_step(change, job))
    if job.fine_tuned_model is None:
        raise ProviderSurprise(f"job {job.id} succeeded, but names no model")
    lock = lock_for(desired, job, hands.tariff)
    hands.locks.write(lock)
    _close_if_listed(job, desired, hands)
    return Settled(change=change, lock=lock)


def _close_if_listed(job: ObservedJob, desired: Desired, hands: Hands) -> None:
    """Close the intent of a settled job, but not before a listing shows the job.

    Listings lag: without lock, listed job or open intent (it failed at once, the spec was renamed)
    the next plan would take it for never launched, and pay again. An open intent ages out.
    """
    try:
        listed = any(one.id == job.id for one in hands.provider.jobs())
    except ProviderError:
        return
    if listed:
        hands.journal.close(desired.fingerprint, f"{job.id} {job.provider_status}")


def _obituary(job: ObservedJob) -> str:
    if job.failure is None:
        return f"job {job.id} ended as {job.provider_status}"
    return f"job {job.id} failed: {job.failure.message} ({job.failure.code})"


def _next_step(change: Making, job: ObservedJob) -> str:
    name = change.desired.name
    if job.failure is not None and "file" in job.failure.code:
        return f"correct the dataset of {name} and apply again"
    return f"see `ftops logs {name}`; train it again with `ftops apply --retry {name}`"
