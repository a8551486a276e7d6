"""Follow one job until it settles, then record what it made."""

from contextlib import suppress
from dataclasses import dataclass

from ftops.core.lock import lock_for
from ftops.core.names import JobId
from ftops.core.observed import ObservedJob
from ftops.core.outcome import Failed, Outcome, Settled, Started
from ftops.core.plan import Await, Making, Train
from ftops.core.progress import Following, JobLine, JobSeen
from ftops.errors import ProviderError, ProviderRejected, ProviderSurprise, RecordError
from ftops.ports import Hands
from ftops.usecases.remember import unrecorded
from ftops.usecases.rivalry import Rivalry

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
    return _Watch(change, hands, wishes).follow(job)


class _Watch:
    """One change's job; where looks show several, the one that counts."""

    def __init__(self, change: Making, hands: Hands, wishes: Wishes) -> None:
        self._change = change
        self._hands = hands
        self._wishes = wishes
        self._rivalry = Rivalry(change.desired, hands)

    def follow(self, job: ObservedJob) -> Outcome:
        self._hands.turns.leave(self._change.desired.name)
        if isinstance(self._change, Await):
            # The plan has just looked; a listing of thousands of jobs is not asked for again.
            self._rivalry.sweep(job.id, self._change.rivals)
        else:
            job, _ = self._rivalry.look(job)
        adopted = not isinstance(self._change, Train)
        name = self._change.desired.name
        self._hands.reporter.tell(Following(spec=name, job=job.id, adopted=adopted))
        seen = self._until_final(job) if self._wishes.wait else job
        return seen if isinstance(seen, Failed) else self._conclude(seen)

    def _until_final(self, job: ObservedJob) -> ObservedJob | Failed:
        """Look at the job, slower as it ages, until it is final or a person interrupts.

        Listings lag, so a duplicate may show only later: it is looked for at growing intervals
        until the settle time is over, and once more before a job counts as failed.
        """
        clock, wishes = self._hands.clock, self._wishes
        began, last_event, missed = clock.now(), None, 0
        next_look = wishes.poll_seconds
        while True:
            try:
                job = self._hands.provider.job(job.id)
                missed = 0
            except ProviderError as error:
                missed += 1
                if _is_for_good(error) or missed > LOOKS_MISSED_AT_MOST:
                    return self._lost(job, error)
            last_event = _tell_events(self._change, job.id, self._hands, last_event)
            self._tell(job)
            age = (clock.now() - began).total_seconds()
            is_due = self._is_young and next_look <= age <= wishes.settle_seconds
            if job.status.is_dead or is_due:
                next_look = 2 * max(age, wishes.poll_seconds)
                winner, _ = self._rivalry.look(job)
                if winner.id != job.id:
                    job, last_event = winner, None
            if job.status.is_final or clock.stopped:
                return job
            slowest = max(SLOWEST_POLL, wishes.poll_seconds)
            clock.sleep(min(slowest, max(wishes.poll_seconds, age * POLL_SHARE_OF_AGE)))

    @property
    def _is_young(self) -> bool:
        """Say whether duplicates of the job may still show: this very run has launched it."""
        return not isinstance(self._change, Await)

    def _tell(self, job: ObservedJob) -> None:
        self._hands.reporter.tell(
            JobSeen(
                spec=self._change.desired.name,
                job=job.id,
                provider_status=job.provider_status,
                estimated_finish=job.estimated_finish,
            )
        )

    def _lost(self, job: ObservedJob, error: ProviderError) -> Failed:
        return Failed(
            change=self._change,
            message=f"lost sight of job {job.id}: {error.message}",
            hint="the job goes on at the provider; `ftops apply` picks it up again",
            job=job.id,
        )

    def _conclude(self, job: ObservedJob) -> Outcome:
        change = self._change
        if not job.status.is_final:
            return Started(change=change, job=job.id, rivals=self._rivalry.told)
        if job.status.is_dead:
            self._close_if_listed(job)
            hint = _next_step(change, job)
            return Failed(change=change, message=_obituary(job), hint=hint, job=job.id)
        if job.fine_tuned_model is None:
            raise ProviderSurprise(f"job {job.id} succeeded, but names no model")
        return self._record(job)

    def _record(self, job: ObservedJob) -> Outcome:
        lock = lock_for(self._change.desired, job, self._hands.tariff)
        try:
            self._hands.locks.write(lock)
        except RecordError as error:
            return unrecorded(self._change, job, error, self._hands)
        self._close_if_listed(job)
        return Settled(change=self._change, lock=lock, rivals=self._rivalry.told)

    def _close_if_listed(self, job: ObservedJob) -> None:
        """Close the intent of a settled job, but not before a listing shows the job.

        Listings lag: without lock, listed job or open intent (it failed at once, the spec was
        renamed) the next plan would take it for never launched, and pay again. An open intent ages
        out.
        """
        _, is_listed = self._rivalry.look(job)
        if is_listed:
            with suppress(RecordError):
                fingerprint = self._change.desired.fingerprint
                self._hands.journal.close(fingerprint, f"{job.id} {job.provider_status}")


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


def _obituary(job: ObservedJob) -> str:
    if job.failure is None:
        return f"job {job.id} ended as {job.provider_status}"
    return f"job {job.id} failed: {job.failure.message} ({job.failure.code})"


def _next_step(change: Making, job: ObservedJob) -> str:
    name = change.desired.name
    if job.failure is not None and "file" in job.failure.code:
        return f"correct the dataset of {name} and apply again"
    return f"see `ftops logs {name}`; train it again with `ftops apply --retry {name}`"
