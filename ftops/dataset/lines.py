"""The lines of a file in batches, beside its bytes in large blocks, as they are uploaded."""

import codecs
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, Final, NamedTuple

from ftops.dataset import concatenate

BLOCK: Final = 1 << 18
"""It and its lines fit into the second cache of a processor; a megabyte is read 5 % slower."""

OVERLONG: Final = b"(longer than any row)"
"""This very object stands for a line beyond `MAX_ROW_BYTES`, which is not kept in memory."""


class Block(NamedTuple):
    """A block as it is uploaded, the lines that end in it as they stand, and where the last ends.

    That place, and so any line's, is counted in bytes from where the stream was begun.
    """

    uploaded: bytes
    lines: list[bytes]
    end: int


def read_blocks(stream: BinaryIO, *, alone: bool) -> Iterator[Block]:
    """Yield block after block; together they are what `concatenate` yields of the file."""
    open_line = _OpenLine()
    first, taken = not alone, 0
    while block := stream.read(BLOCK):
        taken += len(block)
        lines = open_line.end_in(block)
        uploaded = block.removeprefix(codecs.BOM_UTF8) if first else block
        yield Block(uploaded, lines, taken - open_line.size)
        first = False
    if open_line.size:
        yield Block(b"" if alone else b"\n", [open_line.end(b"")], taken)


def read_uploaded(stream: BinaryIO, *, alone: bool) -> Iterator[bytes]:
    """Yield the same blocks without looking for lines."""
    first, last = not alone, b""
    while block := stream.read(BLOCK):
        yield block.removeprefix(codecs.BOM_UTF8) if first else block
        first, last = False, block
    if last and not alone and not last.endswith(b"\n"):
        yield b"\n"


class _OpenLine:
    """What is known of the line whose end is still to come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        return self._size

    def end_in(self, block: bytes) -> list[bytes]:
        """Return the lines that the block ends."""
        # It looks for newlines many bytes at a time; `split` goes byte by byte.
        lines = BytesIO(block).readlines()
        begun = b"" if block.endswith(b"\n") else lines.pop()
        if lines:
            lines[0] = self.end(lines[0])
        self._add(begun)
        return lines

    def end(self, piece: bytes) -> bytes:
        """Return the whole line, which ends with this piece."""
        self._add(piece)
        line = b"".join(self._pieces) if self._size < concatenate.MAX_ROW_BYTES else OVERLONG
        self._pieces, self._size = [], 0
        return line

    def _add(self, piece: bytes) -> None:
        self._size += len(piece) - piece.endswith(b"\n")
        self._pieces.append(piece)
        if self._size >= concatenate.MAX_ROW_BYTES:
            self._pieces.clear()
