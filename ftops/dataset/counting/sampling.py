"""Tokens of a large file from some of its rows: a random few, and the ratio to a cheap estimate.

Of every row the length-based estimate is known, so the exact counts of a random few tell by how
much those estimates are off as a whole, and the spread of what remains tells how sure that is.
The few are those with the smallest keys, and a key is made of nothing but the row's place: parts
of a file that are looked at side by side draw the rows that one look would have drawn.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappush, heapreplace
from typing import Final

from ftops.dataset.formats import Said

SAMPLE: Final = 4000
_SEED: Final = 20
_CONFIDENCE: Final = 1.96
"""Standard errors to either side that hold the truth 95 times in 100."""

MOST_WAITING: Final = 16 << 20
"""So many bytes of rows wait to be counted: most that are drawn early give way to others later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A total and its 95 % bound, as a share of it: 0.009 is ±0.9 %."""

    tokens: int
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is known of some rows: how many, their estimates' sum, and those drawn.

    Each is a key, an estimate and an exact count.
    """

    seen: int
    estimated: int
    rows: tuple[tuple[int, int, int], ...]


class Draw:
    """Which rows to count: any row so far has the same chance to be among them."""

    def __init__(self, count: Callable[[Said], int], most: int, seed: int = _SEED) -> None:
        self._count = count
        self._most = most
        self._seed = seed.to_bytes(8, "little")
        self._seen = 0
        self._estimated = 0
        self._kept: list[tuple[int, int]] = []
        self._exact: dict[int, int] = {}
        self._waiting: dict[int, tuple[Said, int]] = {}
        self._waiting_size = 0

    def add(self, place: int, estimate: int, said: Said, size: int) -> None:
        """Take note of a row of so many bytes; it is counted only if it may stay drawn."""
        self._seen += 1
        self._estimated += estimate
        key = self._key(place)
        if self._keep(key, estimate):
            self._waiting[key] = said, size
            self._waiting_size += size
            if self._waiting_size > MOST_WAITING:
                self._count_waiting()

    def take(self, drawn: Drawn) -> None:
        """Add the rows of another part."""
        self._seen += drawn.seen
        self._estimated += drawn.estimated
        for key, estimate, exact in drawn.rows:
            if self._keep(key, estimate):
                self._exact[key] = exact

    def drawn(self) -> Drawn:
        """Return what is known."""
        self._count_waiting()
        rows = ((-key, estimate, self._exact[-key]) for key, estimate in self._kept)
        return Drawn(seen=self._seen, estimated=self._estimated, rows=tuple(rows))

    def total(self) -> Total:
        """Return the whole by the ratio estimator; with every row counted it has no bound."""
        drawn = self.drawn()
        kept = len(drawn.rows)
        exact = sum(count for _, _, count in drawn.rows)
        if kept == self._seen:
            return Total(tokens=exact, bound=0.0)
        ratio = exact / sum(estimate for _, estimate, _ in drawn.rows)
        off = sum((count - ratio * estimate) ** 2 for _, estimate, count in drawn.rows)
        left_out = 1 - kept / self._seen
        error = self._seen * math.sqrt(left_out * off / (kept - 1) / kept)
        tokens = ratio * self._estimated
        return Total(tokens=round(tokens), bound=_CONFIDENCE * error / tokens)

    def _key(self, place: int) -> int:
        made = hashlib.blake2b(place.to_bytes(8, "little"), digest_size=8, salt=self._seed)
        return int.from_bytes(made.digest(), "little")

    def _keep(self, key: int, estimate: int) -> bool:
        """Say whether the row is drawn, if need be instead of the one with the largest key."""
        if len(self._kept) < self._most:
            heappush(self._kept, (-key, estimate))
            return True
        if -key <= self._kept[0][0]:
            return False
        self._forget(-heapreplace(self._kept, (-key, estimate))[0])
        return True

    def _forget(self, key: int) -> None:
        _, size = self._waiting.pop(key, (None, 0))
        self._waiting_size -= size
        self._exact.pop(key, None)

    def _count_waiting(self) -> None:
        for key, (said, _) in self._waiting.items():
            self._exact[key] = self._count(said)
        self._waiting.clear()
        self._waiting_size = 0
