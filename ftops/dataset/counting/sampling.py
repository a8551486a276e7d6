"""Tokens of a large file from some of its rows: a reservoir, and the ratio to a cheap estimate.

Of every row the length-based estimate is known, so the exact counts of a random few tell by how
much those estimates are off as a whole, and the spread of what remains tells how sure that is.
"""

import math
import random
from dataclasses import dataclass
from typing import Final

SAMPLE: Final = 4000
_SEED: Final = 20
_CONFIDENCE: Final = 1.96
"""Standard errors to either side that hold the truth 95 times in 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A total and its 95 % bound, as a share of it: 0.009 is ±0.9 %."""

    tokens: int
    bound: float


class Reservoir:
    """Which rows to count: each one so far has the same chance to be among the kept."""

    def __init__(self, most: int = SAMPLE, seed: int = _SEED) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - picks rows, keeps no secret
        self._most = most
        self._kept: list[tuple[int, int]] = []
        self._seen = 0
        self._estimated = 0

    def place(self, estimate: int) -> int | None:
        """Take note of a row, and return where its exact count belongs, if it is to be kept."""
        self._seen += 1
        self._estimated += estimate
        if len(self._kept) < self._most:
            self._kept.append((estimate, estimate))
            return len(self._kept) - 1
        place = int(self._dice.random() * self._seen)
        return place if place < self._most else None

    def keep(self, place: int, estimate: int, exact: int) -> None:
        """Put the row just seen into its place."""
        self._kept[place] = (estimate, exact)

    def total(self) -> Total:
        """Return the whole by the ratio estimator; with every row kept it has no bound."""
        kept = len(self._kept)
        exact = sum(count for _, count in self._kept)
        if kept == self._seen:
            return Total(tokens=exact, bound=0.0)
        ratio = exact / sum(estimate for estimate, _ in self._kept)
        off = sum((count - ratio * estimate) ** 2 for estimate, count in self._kept)
        left_out = 1 - kept / self._seen
        error = self._seen * math.sqrt(left_out * off / (kept - 1) / kept)
        tokens = ratio * self._estimated
        return Total(tokens=round(tokens), bound=_CONFIDENCE * error / tokens)
