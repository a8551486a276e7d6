"""AdamW over all weights; rows of the prefix table that a batch did not touch stay as they are."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.recipes.nano.network import PREFIX_TABLE, Floats, Gradients, Weights

_FIRST, _SECOND = 0.9, 0.98
_TINY: Final = 1e-8
_DECAY: Final = 0.01
_LONGEST: Final = 1.0


@dataclass(slots=True, kw_only=True)
class Moments:
    """AdamW's memory: running means of slopes and squared slopes, and how often each was fed."""

    first: Weights
    second: Weights
    updates: int
    row_updates: NDArray[np.int32]


def fresh_moments(weights: Weights) -> Moments:
    """Return the memory of an optimiser that has seen nothing."""
    return Moments(
        first={name: np.zeros_like(weight) for name, weight in weights.items()},
        second={name: np.zeros_like(weight) for name, weight in weights.items()},
        updates=0,
        row_updates=np.zeros(len(weights[PREFIX_TABLE]), np.int32),
    )


def _shrink(gradients: Gradients) -> float:
    squares: float = sum(float(np.vdot(slope, slope)) for slope in gradients.whole.values())
    squares += float(np.vdot(gradients.prefix.slopes, gradients.prefix.slopes))
    if not math.isfinite(squares):
        raise ValueError(
            "training diverged: the loss is no longer a number\n"
            "hint: lower learning_rate_multiplier"
        )
    return min(1.0, _LONGEST / (math.sqrt(squares) + _TINY))


def update(weights: Weights, moments: Moments, gradients: Gradients, rate: float) -> None:
    """Change weights and moments in place by one step down the (length-limited) slope."""
    shrink = _shrink(gradients)
    moments.updates += 1
    early = 1 - _FIRST**moments.updates, 1 - _SECOND**moments.updates
    for name, slope in gradients.whole.items():
        first, second, weight = moments.first[name], moments.second[name], weights[name]
        first += (1 - _FIRST) * (shrink * slope - first)
        second += (1 - _SECOND) * (np.square(shrink * slope) - second)
        weight *= 1 - rate * _DECAY
        weight -= (rate / early[0]) * first / (np.sqrt(second / early[1]) + _TINY)
    _update_rows(weights[PREFIX_TABLE], moments, gradients, (shrink, rate))


def _update_rows(
    table: Floats, moments: Moments, gradients: Gradients, scales: tuple[float, float]
) -> None:
    shrink, rate = scales
    rows, slope = gradients.prefix.rows, gradients.prefix.slopes * shrink
    moments.row_updates[rows] += 1
    fed = moments.row_updates[rows][:, None].astype(slope.dtype)
    first = moments.first[PREFIX_TABLE][rows]
    second = moments.second[PREFIX_TABLE][rows]
    first += (1 - _FIRST) * (slope - first)
    second += (1 - _SECOND) * (slope * slope - second)
    moments.first[PREFIX_TABLE][rows] = first
    moments.second[PREFIX_TABLE][rows] = second
    step = first / (1 - _FIRST**fed) / (np.sqrt(second / (1 - _SECOND**fed)) + _TINY)
    table[rows] -= rate * step
