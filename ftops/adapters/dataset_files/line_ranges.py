"""Parts of a file that begin and end with its lines, each readable by itself."""

import io
import os
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, Final, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK: Final = 1 << 20

Reached = Callable[[int], None]
"""Is told how much of a part has been read."""


def line_ranges(descriptor: int, size: int, parts: int) -> list[range]:
    """Return up to so many parts of about one size; fewer where lines are very long."""
    cuts = {0, size}
    cuts.update(_line_end(descriptor, size * number // parts, size) for number in range(1, parts))
    return [range(begin, end) for begin, end in pairwise(sorted(cuts))]


def _line_end(descriptor: int, place: int, size: int) -> int:
    """Return where the line ends that holds the byte before the place."""
    place = max(0, place - 1)
    while place < size and (block := os.pread(descriptor, _BLOCK, place)):
        found = block.find(b"\n")
        if found >= 0:
            return min(place + found + 1, size)
        place += len(block)
    return size


def read_range(descriptor: int, place: range, reached: Reached) -> BinaryIO:
    """Return the part as a stream; the file's own position stays where it is."""
    return cast("BinaryIO", io.BufferedReader(_Range(descriptor, place, reached), _BLOCK))


class _Range(io.RawIOBase):
    def __init__(self, descriptor: int, place: range, reached: Reached) -> None:
        self._descriptor = descriptor
        self._place = place
        self._done = 0
        self._reached = reached

    def readable(self) -> bool:  # type: ignore[explicit-override]  # typing.override is 3.12's
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        view = memoryview(buffer).cast("B")[: len(self._place) - self._done]
        taken = os.preadv(self._descriptor, [view], self._place.start + self._done) if view else 0
        self._done += taken
        self._reached(self._done)
        return taken
