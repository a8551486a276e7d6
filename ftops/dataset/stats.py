"""Figures of a dataset in one pass: rows, roles, turns, tokens and the longest row."""

import codecs
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ftops.dataset.concatenate import is_piece, read_lines
from ftops.dataset.counting.tally import BY_LENGTH, Counting, TokenTally
from ftops.dataset.formats import FORMAT_OF, UserMessage
from ftops.dataset.judge import judge
from ftops.dataset.shaping.canonical_rows import messages_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """How a number spreads over the rows; the median and 95th percentile are rows' own values."""

    total: int
    least: int
    median: int
    p95: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """The row of the most tokens, and where it stands."""

    file: str | None
    line: int
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Figures of one dataset; digest and size are of the bytes that would be uploaded.

    `roles` counts messages. Turns and tokens are of the legal rows; a turn is a user's message.
    """

    method: str
    digest: str
    size: int
    rows: int
    illegal_rows: int
    roles: Mapping[str, int]
    turns: Range
    tokens: Range
    tokens_exact: bool
    longest: Longest | None


def count_stats(
    files: Sequence[tuple[str | None, BinaryIO]], *, method: str, counting: Counting = BY_LENGTH
) -> Stats:
    """Read the files once, as one dataset."""
    tally = _Tally(method, TokenTally(counting, None))
    for name, stream in files:
        tally.read(name, stream, alone=len(files) == 1)
    return tally.close()


class _Tally:
    """What is known so far."""

    def __init__(self, method: str, tokens: TokenTally) -> None:
        self._method = method
        self._tokens = tokens
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._illegal = 0
        self._roles: Counter[str] = Counter()
        self._turns: Counter[int] = Counter()
        self._lengths: Counter[int] = Counter()
        self._longest: Longest | None = None

    def read(self, name: str | None, stream: BinaryIO, *, alone: bool) -> None:
        number, within = 0, False
        for line, uploaded in read_lines(stream, alone=alone):
            self._sha256.update(uploaded)
            self._size += len(uploaded)
            if not within:
                number += 1
                bare = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                self._look(bare, name, number)
            within = is_piece(line)

    def close(self) -> Stats:
        return Stats(
            method=self._method,
            digest=self._sha256.hexdigest(),
            size=self._size,
            rows=self._lengths.total() + self._illegal,
            illegal_rows=self._illegal,
            roles=dict(sorted(self._roles.items(), key=lambda pair: (-pair[1], pair[0]))),
            turns=_range_of(self._turns),
            tokens=_range_of(self._lengths),
            tokens_exact=self._tokens.is_exact,
            longest=self._longest,
        )

    def _look(self, line: bytes, name: str | None, number: int) -> None:
        if not line.strip():
            return
        row = None if is_piece(line) else judge(line, FORMAT_OF[self._method])[0]
        if row is None:
            self._illegal += 1
            return
        before = self._tokens.tokens
        self._tokens.add(row)
        length = self._tokens.tokens - before
        messages = messages_of(row)
        self._roles.update(str(one.__struct_config__.tag) for one in messages)
        self._turns[sum(isinstance(one, UserMessage) for one in messages)] += 1
        self._lengths[length] += 1
        if self._longest is None or length > self._longest.tokens:
            self._longest = Longest(file=name, line=number, tokens=length)


def _range_of(counted: Mapping[int, int]) -> Range:
    """Return the spread of values that are each there so many times."""
    values = sorted(counted)
    rows = sum(counted.values())
    return Range(
        total=sum(value * times for value, times in counted.items()),
        least=values[0] if values else 0,
        median=_value_at(counted, values, rows / 2),
        p95=_value_at(counted, values, rows * 0.95),
        most=values[-1] if values else 0,
    )


def _value_at(counted: Mapping[int, int], values: Sequence[int], place: float) -> int:
    seen = 0
    for value in values:
        seen += counted[value]
        if seen >= place:
            return value
    return 0
