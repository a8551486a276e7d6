"""How far a job has come, read from one of its events."""

import re
from dataclasses import dataclass
from typing import Final

from ftops.core.progress import JobEvent

_STEP_OF: Final = re.compile(r"\bstep (\d{1,9})\s?/\s?(\d{1,9})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One measured step; `total` is None where nobody says how many there will be."""

    number: int
    total: int | None
    loss: float | None

    @property
    def percent(self) -> int | None:
        """Return the share done, 0 to 100."""
        return None if not self.total else min(100, 100 * self.number // self.total)

    @property
    def words(self) -> str:
        """Return `12/45`, or `12` without a known end."""
        return f"{self.number}" if self.total is None else f"{self.number}/{self.total}"


def step_of(event: JobEvent) -> Step | None:
    """Return the step an event is about, by its numbers, else by `Step n/m` in its message."""
    told = _STEP_OF.search(event.message)
    number: float | None = event.step
    total = event.number("total_steps")
    if told is not None:
        number = int(told[1]) if number is None else number
        total = int(told[2]) if total is None else total
    if number is None:
        return None
    return Step(
        number=int(number),
        total=None if not total else int(total),
        loss=event.number("train_loss"),
    )
