"""Which of several jobs of one fingerprint counts: the same answer on every machine."""

from collections.abc import Callable, Iterable
from typing import Final

from ftops.core.names import JobId, ModelId
from ftops.core.observed import JobStatus, ObservedJob, eldest_first

NOT_BEGUN: Final = frozenset({JobStatus.VALIDATING_FILES, JobStatus.QUEUED})
"""While a job is one of these, ending it costs nothing."""

HasModel = Callable[[ModelId | None], bool]


def winner_of(
    jobs: Iterable[ObservedJob], has_model: HasModel, recorded: JobId | None = None
) -> ObservedJob | None:
    """Return the recorded job, else the eldest with a model, else the eldest that may get one."""
    ordered = eldest_first(jobs)
    made = [one for one in ordered if one.fine_tuned_model and has_model(one.fine_tuned_model)]
    coming = [one for one in ordered if not one.status.is_final]
    living = [*made, *coming]
    return next((one for one in living if one.id == recorded), living[0] if living else None)


def rivals_of(winner: JobId, jobs: Iterable[ObservedJob]) -> tuple[ObservedJob, ...]:
    """Return the others that still cost or will cost money, eldest first."""
    return eldest_first(one for one in jobs if one.id != winner and not one.status.is_final)


def may_be_ended(job: ObservedJob, project: str) -> bool:
    """Say whether a duplicate is this project's own and has not begun."""
    return job.is_of(project) and job.status in NOT_BEGUN
