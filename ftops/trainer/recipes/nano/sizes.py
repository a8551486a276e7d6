"""How big the network is and how long it trains: every tuned number of the recipe in one place."""

from dataclasses import dataclass
from typing import Final

SMALL_SET: Final = 100
"""Up to this many rows the network is wide enough to hold the answers in its weights alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The shape of one network; saved with the model, so a parent's child has the same."""

    width: int = 128
    layers: int = 2
    heads: int = 4
    table: int = 16384
    vocabulary: int = 1024
    context: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How training goes: augmentation, optimiser and the number of updates auto aims at."""

    updates: int = 500
    preference_updates: int = 120
    preference_warm_up: int = 360
    ramp: int = 20
    learning_rate: float = 3e-3
    preference_learning_rate: float = 3e-4
    word_dropout: float = 0.2
    prompt_dropout: float = 0.7
    validation_sample: int = 16


def sizes_for(rows: int) -> Sizes:
    """Return the shape for a training set: small sets get the wider network."""
    return Sizes() if rows <= SMALL_SET else Sizes(width=64)


def pace_for(rows: int) -> Pace:
    """Return the pace for a training set: small sets need fewer updates."""
    return Pace() if rows <= SMALL_SET else Pace(updates=960)
