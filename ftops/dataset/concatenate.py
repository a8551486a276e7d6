"""Several files as one stream of bytes, exactly as it is uploaded.

A lone file goes up byte for byte. Of several, each loses its byte order mark and gains the newline
that its last line may lack, or rows of two files would meet.
"""

import codecs
from collections.abc import Iterator, Sequence
from typing import BinaryIO

MAX_ROW_BYTES = 160 << 20
"""A row of ten images at the provider's limit, as base64, has 134 MiB; what is longer is no row."""


def concatenate(streams: Sequence[BinaryIO]) -> Iterator[bytes]:
    """Yield the bytes to upload, line by line."""
    for stream in streams:
        for _, uploaded in read_lines(stream, alone=len(streams) == 1):
            yield uploaded


def read_lines(stream: BinaryIO, *, alone: bool) -> Iterator[tuple[bytes, bytes]]:
    """Yield each line as it stands in the file and as it is uploaded.

    A line beyond `MAX_ROW_BYTES` comes in pieces, so that memory stays bounded.
    """
    for number, line in enumerate(iter(lambda: stream.readline(MAX_ROW_BYTES), b"")):
        yield line, line if alone else _joinable(line, first=number == 0)


def is_piece(line: bytes) -> bool:
    """Return whether the line goes on beyond what was read."""
    return len(line) >= MAX_ROW_BYTES and not line.endswith(b"\n")


def _joinable(line: bytes, *, first: bool) -> bytes:
    row = line.removeprefix(codecs.BOM_UTF8) if first else line
    return row if line.endswith(b"\n") or is_piece(line) else row + b"\n"
