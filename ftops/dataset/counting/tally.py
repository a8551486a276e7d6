"""The tokens of a whole dataset: every row counted or some of them, each cut where training is."""

import sys
from dataclasses import dataclass

from ftops.dataset.counting.fast_counter import fast_counter
from ftops.dataset.counting.sampling import Reservoir
from ftops.dataset.counting.tokens import RowCounter
from ftops.dataset.counting.vocabulary import O200K, CountText, Encoding, encoding_of, exact_counter
from ftops.dataset.formats import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How tokens are told: by length, or by a vocabulary, which may be another model's guess.

    With `only_cuts` only rows that may be cut are counted, and no total is. If there is `much` to
    count, a faster way is taken that takes longer to get ready.
    """

    encoding: Encoding | None = None
    is_guess: bool = False
    sampled: bool = False
    only_cuts: bool = False
    much: bool = False


BY_LENGTH = Counting()
ONLY_CUTS = Counting(only_cuts=True)


def counting_for(base_model: str | None, *, sampled: bool = False) -> Counting:
    """Count with a model's vocabulary; for a model not known with the newest one."""
    encoding = None if base_model is None else encoding_of(base_model)
    return Counting(encoding=encoding or O200K, is_guess=encoding is None, sampled=sampled)


def exact_way(counting: Counting) -> CountText | None:
    """Return what counts texts by the vocabulary; None if there is none, or it is not installed."""
    if counting.encoding is None:
        return None
    fast = fast_counter(counting.encoding) if counting.much and not counting.sampled else None
    return fast or exact_counter(counting.encoding)


class TokenTally:
    """What is known of the tokens so far.

    Rows of up to `uncounted` bytes need no count: only a picture has more tokens than bytes.
    """

    def __init__(self, counting: Counting, limit: int | None) -> None:
        exact = exact_way(counting)
        self._estimated = RowCounter()
        self._counted = self._estimated if exact is None else RowCounter(exact)
        self._is_exact = exact is not None and not counting.is_guess
        self.limit = sys.maxsize if limit is None else limit
        self._reservoir = Reservoir() if counting.sampled and exact is not None else None
        self.uncounted = self.limit if counting.only_cuts else -1
        self._tokens = 0
        self.longest = 0
        self.cut = 0
        self.lost = 0

    def add(self, said: Said) -> bool:
        """Count a row, and return whether it is cut."""
        if self._reservoir is None:
            tokens = self._count(said)
        else:
            tokens = self._sample(said, self._reservoir)
        self.longest = max(self.longest, tokens)
        if tokens <= self.limit:
            return False
        self.cut += 1
        self.lost += tokens - self.limit
        return True

    @property
    def tokens(self) -> int:
        """The tokens of all rows, each up to the limit."""
        return self._tokens if self._reservoir is None else self._reservoir.total().tokens

    @property
    def bound(self) -> float | None:
        """How far off a sampled total may be, as a share of it; None if all rows were counted."""
        return None if self._reservoir is None else self._reservoir.total().bound or None

    @property
    def is_exact(self) -> bool:
        """Whether the provider's own rules gave every token of every row."""
        published = self._counted.is_published and self._estimated.is_published
        return self._is_exact and published and self.bound is None

    def _count(self, said: Said) -> int:
        tokens = self._counted.count(said)
        self._tokens += min(tokens, self.limit)
        return tokens

    def _sample(self, said: Said, reservoir: Reservoir) -> int:
        """Estimate the row; if it is drawn, count it too."""
        estimate = self._estimated.count(said)
        cut = min(estimate, self.limit)
        place = reservoir.place(cut)
        if place is None:
            return estimate
        tokens = self._counted.count(said)
        reservoir.keep(place, cut, min(tokens, self.limit))
        return tokens
