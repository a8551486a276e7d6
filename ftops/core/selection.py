"""Which rows of the declared files to train on: a small filter, and samples by seed."""

from dataclasses import dataclass

Texts = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Leave out rows; all that is asked for must hold, and letter case counts.

    `contains` keeps rows that say any of its texts, `without` those that say none.
    """

    min_turns: int | None = None
    max_turns: int | None = None
    max_characters: int | None = None
    contains: Texts | None = None
    without: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Draw so many of the training rows, or a share of them: one of the two is given."""

    rows: int | None = None
    share: float | None = None
