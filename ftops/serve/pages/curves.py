"""A job's curves as a table, for who cannot see or has no chart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ftops.core.measures import Curve
from ftops.core.progress import JobEvent

MOST_ROWS: Final = 60
_CHECKPOINT: Final = re.compile(r"\bcheckpoint\b.*?\bstep (\d{1,9})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One row for each step, thinned evenly if there are many; `steps` is how many there are."""

    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[float | None, ...]], ...]
    steps: int


def table_of(curves: Sequence[Curve]) -> Table:
    """Return the curves side by side; the last step is always among the rows."""
    columns = [dict(one.points) for one in curves]
    steps = sorted({step for column in columns for step in column})
    stride = max(1, -(-len(steps) // MOST_ROWS))
    shown = steps[::-1][::stride][::-1]
    return Table(
        names=tuple(one.name for one in curves),
        rows=tuple((step, tuple(column.get(step) for column in columns)) for step in shown),
        steps=len(steps),
    )


def checkpoints_of(events: Sequence[JobEvent]) -> tuple[int, ...]:
    """Return the steps after which the log tells of a checkpoint."""
    found = (_CHECKPOINT.search(one.message) for one in events)
    return tuple(dict.fromkeys(int(one[1]) for one in found if one is not None))
