"""Losses as the points of an SVG line."""

import math
from dataclasses import dataclass
from typing import Final

from ftops.trainer.pages.overview import JobGlance, Points

WIDTH: Final = 640
HEIGHT: Final = 150
GUTTER: Final = 48
_ROOM: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Two lines in one frame of `WIDTH` by `HEIGHT`, and what its edges mean."""

    train: str
    valid: str
    top: str
    bottom: str
    last_step: int


def curves(glance: JobGlance) -> Curves | None:
    """Draw a job's losses; None while there are none."""
    both = _finite(glance.train_loss) + _finite(glance.valid_loss)
    if not both:
        return None
    low, high = min(loss for _, loss in both), max(loss for _, loss in both)
    last = max(glance.steps or 0, *(step for step, _ in both))

    def line(points: Points) -> str:
        return " ".join(
            f"{_across(step, last):.1f},{_down(loss, low, high):.1f}"
            for step, loss in _finite(points)
        )

    return Curves(
        train=line(glance.train_loss),
        valid=line(glance.valid_loss),
        top=f"{high:.3g}",
        bottom=f"{low:.3g}",
        last_step=last,
    )


def _finite(points: Points) -> Points:
    return tuple(point for point in points if math.isfinite(point[1]))


def _across(step: int, last: int) -> float:
    return GUTTER + (step - 1) / max(1, last - 1) * (WIDTH - GUTTER - _ROOM)


def _down(loss: float, low: float, high: float) -> float:
    share = (high - loss) / (high - low) if high > low else 0.5
    return _ROOM + share * (HEIGHT - 2 * _ROOM)
