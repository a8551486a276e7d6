"""The tokens of a whole dataset: every row counted or some of them, each cut where training is."""

import sys
from dataclasses import dataclass

from ftops.dataset.counting import sampling
from ftops.dataset.counting.fast_counter import fast_counter
from ftops.dataset.counting.sampling import Draw, Drawn
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSums:
    """What is known of the tokens of some rows; the sums of others can be added."""

    tokens: int
    longest: int
    cut: int
    lost: int
    is_published: bool
    drawn: Drawn | None


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
        self._draw = (
            Draw(self._count_to_limit, sampling.SAMPLE) if counting.sampled and exact else None
        )
        self.uncounted = self.limit if counting.only_cuts else -1
        self._is_published = True
        self._tokens = 0
        self.longest = 0
        self.cut = 0
        self.lost = 0

    def add(self, said: Said, *, place: int = 0, size: int = 0) -> bool:
        """Count a row of so many bytes, and return whether it is cut.

        No two rows have one place; of rows that are sampled it decides which.
        """
        if self._draw is None:
            tokens = self._counted.count(said)
            self._tokens += min(tokens, self.limit)
        else:
            tokens = self._estimated.count(said)
            self._draw.add(place, min(tokens, self.limit), said, size)
        self.longest = max(self.longest, tokens)
        if tokens <= self.limit:
            return False
        self.cut += 1
        self.lost += tokens - self.limit
        return True

    def sums(self) -> TokenSums:
        """Return what is known, for another tally to take."""
        drawn = None if self._draw is None else self._draw.drawn()
        return TokenSums(
            tokens=self._tokens,
            longest=self.longest,
            cut=self.cut,
            lost=self.lost,
            is_published=self._all_published,
            drawn=drawn,
        )

    def take(self, sums: TokenSums) -> None:
        """Add the sums of other rows."""
        self._tokens += sums.tokens
        self.longest = max(self.longest, sums.longest)
        self.cut += sums.cut
        self.lost += sums.lost
        self._is_published &= sums.is_published
        if self._draw is not None and sums.drawn is not None:
            self._draw.take(sums.drawn)

    @property
    def is_sampled(self) -> bool:
        """Whether only some rows are counted, and so the place of each is asked for."""
        return self._draw is not None

    @property
    def tokens(self) -> int:
        """The tokens of all rows, each up to the limit."""
        return self._tokens if self._draw is None else self._draw.total().tokens

    @property
    def bound(self) -> float | None:
        """How far off a sampled total may be, as a share of it; None if all rows were counted."""
        return None if self._draw is None else self._draw.total().bound or None

    @property
    def is_exact(self) -> bool:
        """Whether the provider's own rules gave every token of every row."""
        return self._is_exact and self.bound is None and self._all_published

    @property
    def _all_published(self) -> bool:
        counted = self._counted.is_published and self._estimated.is_published
        return self._is_published and counted

    def _count_to_limit(self, said: Said) -> int:
        return min(self._counted.count(said), self.limit)
