"""A deterministic split into training and validation rows.

A hash of the row and the seed decides, not the order and not the other rows. So a row stays on its
side when rows are appended, and equal rows never part. Only where this would leave a side empty,
the row with the most extreme hash is moved there; it returns when another row takes its place.
"""

import codecs
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_SPACE: Final = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A decided split: rows whose hash is below `border` are for validation."""

    seed: int
    border: int

    def validates(self, line: bytes) -> bool:
        """Return whether the row is for validation."""
        return _hash(_row_of(line), self.seed) < self.border

    def training(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the training rows in their order, each with its newline."""
        rows = filter(None, map(_row_of, lines))
        return (row + b"\n" for row in rows if not self.validates(row))

    def validation(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the validation rows in their order, each with its newline."""
        rows = filter(None, map(_row_of, lines))
        return (row + b"\n" for row in rows if self.validates(row))


def decide_split(lines: Iterable[bytes], *, fraction: float, seed: int) -> Split:
    """Read all rows once, and decide."""
    if not 0 < fraction < 1:
        raise ValueError(f"the validation fraction must lie between 0 and 1, not be {fraction}")
    lowest, highest = _SPACE, -1
    for row in filter(None, map(_row_of, lines)):
        place = _hash(row, seed)
        lowest, highest = min(lowest, place), max(highest, place)
    border = int(fraction * _SPACE)
    if lowest < highest:
        border = min(max(border, lowest + 1), highest)
    return Split(seed=seed, border=border)


def _row_of(line: bytes) -> bytes:
    """Return the row without what may differ between equal rows: line end and byte order mark."""
    return line.removeprefix(codecs.BOM_UTF8).strip()


def _hash(row: bytes, seed: int) -> int:
    digest = hashlib.sha256(b"%d\n" % seed + row).digest()
    return int.from_bytes(digest[:8], "big")
