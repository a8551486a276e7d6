"""Whose turn it is: base models take turns, and within one the oldest job goes first."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ftops.trainer.store.records import Job


def next_up(
    waiting: Sequence[Job], at_work: Sequence[Job], last_turns: Mapping[str, int]
) -> Job | None:
    """Return the job to begin: of the base with the fewest at work, then the longest without one.

    So a hundred jobs of one base hold up the first job of another for one turn, not for a hundred.
    """
    busy = Counter(job.model for job in at_work)
    return min(
        waiting, key=lambda job: (busy[job.model], last_turns.get(job.model, 0)), default=None
    )
