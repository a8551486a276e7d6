"""Find the job that a creation without an answer has become."""

from collections.abc import Iterable
from datetime import timedelta

from ftops.core.desired import Desired
from ftops.core.evidence import Ordered, fitting
from ftops.core.lock import job_of
from ftops.core.names import JobId
from ftops.core.observed import ObservedJob, OpenIntent, eldest_first
from ftops.core.progress import Looking
from ftops.errors import ProviderError
from ftops.ports import Hands
from ftops.usecases.follow import Wishes
from ftops.usecases.look import WINDOW_PER_SETTLE, Sighting, sight_jobs
from ftops.usecases.remember import remember

SLOWEST_LOOK = 15.0
QUICKEST_LOOK = 0.05
GROWTH = 1.5


class InDoubtError(Exception):
    """Jobs without a stamp that a lost creation may have become, or not; `jobs` are their ids."""

    def __init__(self, jobs: Iterable[JobId]) -> None:
        super().__init__()
        self.jobs = tuple(jobs)


def look_for(ordered: Ordered, hands: Hands, wishes: Wishes) -> ObservedJob | None:
    """Return the job as soon as it shows, ever more slowly, or None after the settle time.

    An intent older than the window needs no patience: one fresh listing decides.
    """
    clock, began, slept = hands.clock, hands.clock.now(), 0.0
    pause = max(wishes.poll_seconds, QUICKEST_LOOK)
    hands.reporter.tell(Looking(spec=ordered.desired.name, seconds=wishes.settle_seconds))
    while True:
        job = _see(ordered, hands)
        if job is not None or clock.stopped or is_over(ordered.intent, hands, wishes):
            return job
        # A clock that is set back must not make us wait for a day.
        waited = max(slept, (clock.now() - began).total_seconds())
        if waited >= wishes.settle_seconds:
            return None
        pause_now = min(pause, wishes.settle_seconds - waited)
        clock.sleep(pause_now)
        slept += pause_now
        pause = min(pause * GROWTH, max(SLOWEST_LOOK, wishes.poll_seconds))


def is_over(intent: OpenIntent, hands: Hands, wishes: Wishes) -> bool:
    """Say whether a job of the intent would have shown by now."""
    return intent.age(hands.clock.now(), hands.provider.told_at()) >= window(wishes)


def window(wishes: Wishes) -> timedelta:
    """Return how long after an intent its job may still turn up."""
    return timedelta(seconds=wishes.settle_seconds * WINDOW_PER_SETTLE)


def jobs_of(desired: Desired, sighting: Sighting) -> tuple[ObservedJob, ...]:
    """Return the jobs that carry the spec's fingerprint, eldest first."""
    return eldest_first(job for job in sighting.jobs if job.fingerprint == desired.fingerprint)


def find_unstamped(ordered: Ordered, sighting: Sighting, hands: Hands) -> ObservedJob | None:
    """Return the job without a stamp that can only be the ordered one, and remember it.

    Raises InDoubtError if there are jobs that may or may not be. Nobody looks where stamps are
    kept.
    """
    intent = ordered.intent
    if sighting.keeps_stamps or intent.training_file is None:
        return None
    others = [one for one in hands.journal.open_intents() if one.fingerprint != intent.fingerprint]
    claimed = {job_of(lock) for lock in hands.locks.read().values()}
    claimed.update(job for one in (*others, intent) for job in one.jobs)
    jobs = hands.provider.unstamped_jobs(intent.training_file)
    found = fitting(jobs, ordered, claimed)
    if not found:
        return None
    as_lost = any(not one.jobs and one.training_file == intent.training_file for one in others)
    if as_lost or len(found) > 1:
        raise InDoubtError(one.id for one in found)
    remember(intent, found[0].id, hands)
    return found[0].stamped_by(intent)


def _see(ordered: Ordered, hands: Hands) -> ObservedJob | None:
    try:
        sighting = sight_jobs(hands.provider, hands.journal)
        fresh = jobs_of(ordered.desired, sighting)[ordered.intent.seen :]
        if fresh:
            return next((job for job in fresh if not job.status.is_dead), fresh[0])
        return find_unstamped(ordered, sighting, hands)
    except (ProviderError, InDoubtError):
        return None
