"""Read a dataset's rows as digests, and where each of them stands."""

import codecs
import hashlib
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import msgspec

from ftops.dataset.changes.row_index import (
    MOST_ROWS,
    NOTHING,
    PlacedRows,
    RowIndex,
    TooManyRowsError,
    no_digests,
)
from ftops.dataset.formats import FORMAT_OF, Format
from ftops.dataset.quality.example import take_apart
from ftops.dataset.rows import decode_row
from ftops.dataset.shaping.canonical_rows import canonical_bytes

_WIDTH: Final = 8
_encode = msgspec.json.Encoder(order="sorted").encode


def read_placed(
    lines: Iterable[tuple[int, int, bytes]], files: tuple[str, ...], method: str
) -> PlacedRows:
    """Read a dataset, given as the file, the line and the uploaded bytes of each line."""
    sha256, index, places = hashlib.sha256(), RowIndex(), no_digests()
    row_format = FORMAT_OF[method]
    for file, line, uploaded in lines:
        sha256.update(uploaded)
        if not uploaded.strip():
            continue
        if len(index) >= MOST_ROWS:
            raise TooManyRowsError
        index.note(*_digests_of(uploaded, row_format))
        places.append(line * len(files) + file)
    return PlacedRows(digest=sha256.hexdigest(), index=index, files=files, places=places)


def _digests_of(line: bytes, row_format: Format) -> tuple[int, int, int]:
    """Return the digests of a row; one that is not of the format is only like itself."""
    bare = line.removeprefix(codecs.BOM_UTF8).strip()
    decoded = decode_row(bare, row_format)
    if decoded is None:
        return _digest(bare), NOTHING, NOTHING
    row, whole = decoded
    parts = take_apart(row)
    answer: object = [parts.answer, parts.rejected]
    if isinstance(whole, dict):
        answer = {key: whole[key] for key in whole.keys() - {"messages", "tools"}}
    return (
        _digest(canonical_bytes(row, whole)),
        _digest(_encode([parts.prompt, parts.tools or None])),
        _digest(_encode(answer)) if answer else NOTHING,
    )


def _digest(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=_WIDTH).digest(), "big")
