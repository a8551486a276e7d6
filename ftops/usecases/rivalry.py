"""Look once more after acting: which job counts, and what becomes of its duplicates."""

from collections.abc import Collection, Iterable
from contextlib import suppress

from ftops.core.desired import Desired
from ftops.core.names import JobId, ModelId
from ftops.core.observed import ObservedJob
from ftops.core.outcome import Rival
from ftops.core.rivals import may_be_ended, rivals_of, winner_of
from ftops.errors import ProviderError
from ftops.ports import Hands


class Rivalry:
    """The jobs of one fingerprint as this run's looks have shown them.

    A duplicate that has not begun is ended, if the stamp says that it is ours; one that runs is
    only told, for cancelling may be billed.
    """

    def __init__(self, desired: Desired, hands: Hands) -> None:
        self._desired = desired
        self._hands = hands
        self._told: dict[JobId, Rival] = {}

    @property
    def told(self) -> tuple[Rival, ...]:
        """Return every duplicate that was seen, and what became of it."""
        return tuple(self._told.values())

    def look(self, job: ObservedJob) -> tuple[ObservedJob, bool]:
        """Return the job that counts by a fresh listing, and whether it shows the given one."""
        try:
            jobs = self._listed()
            is_listed = job.id in jobs
            jobs[job.id] = job
            winner = winner_of(jobs.values(), self._has_model, self._recorded())
        except ProviderError:
            return job, False
        if winner is None:
            return job, is_listed
        self._end_all(rivals_of(winner.id, jobs.values()))
        return winner, is_listed

    def sweep(self, winner: JobId, planned: Collection[ObservedJob]) -> None:
        """End the duplicates that a plan knew of; its look at them is old by now."""
        if not planned:
            return
        with suppress(ProviderError):
            self._end_all(rivals_of(winner, self._listed().values()))

    def _listed(self) -> dict[JobId, ObservedJob]:
        fingerprint = self._desired.fingerprint
        jobs = self._hands.provider.jobs()
        return {one.id: one for one in jobs if one.fingerprint == fingerprint}

    def _end_all(self, rivals: Iterable[ObservedJob]) -> None:
        for one in rivals:
            self._told[one.id] = self._end(one)

    def _end(self, rival: ObservedJob) -> Rival:
        seen = rival
        if may_be_ended(rival, self._hands.project):
            with suppress(ProviderError):
                seen = self._hands.provider.cancel(rival.id)
        return Rival(
            job=seen.id, provider_status=seen.provider_status, cancelled=seen.status.is_dead
        )

    def _recorded(self) -> JobId | None:
        lock = self._hands.locks.find(self._desired.name)
        if lock is None or not lock.is_for(self._desired.fingerprint, self._desired.target):
            return None
        return JobId(lock.job)

    def _has_model(self, model: ModelId | None) -> bool:
        return model is not None and self._hands.provider.model(model) is not None
