"""Row indexes kept in `.ftops/rows/`: a file for each dataset's digest, and only so many."""

import sys
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from ftops.cache.index_file import IndexFile
from ftops.core.names import Digest
from ftops.dataset.changes.row_index import INDEX_SCHEMA, RowIndex

FOLDER: Final = "rows"
MOST_KEPT: Final = 1_000
MOST_BYTES: Final = 256 << 20

_CODE: Final = "Q"


class _Kept(msgspec.Struct, array_like=True, frozen=True):
    """As it is on disk; `made` says how, and for which dataset."""

    made: tuple[int, str, str, str]
    rows: bytes
    prompts: bytes
    answers: bytes


_decode = msgspec.msgpack.Decoder(_Kept).decode
_encode = msgspec.msgpack.Encoder().encode


class RowIndexes:
    """What cannot be read, is damaged or was made by other rules is not there."""

    def __init__(self, root: Path) -> None:
        self._folder = root / ".ftops" / FOLDER

    def find(self, digest: Digest, method: str) -> RowIndex | None:
        """Return the index of the dataset, if it was kept."""
        content = IndexFile(self._folder, digest).read()
        if content is None:
            return None
        with suppress(msgspec.MsgspecError, UnicodeDecodeError, ValueError):
            kept = _decode(content)
            arrays = [array(_CODE, each) for each in (kept.rows, kept.prompts, kept.answers)]
            if kept.made == _made(digest, method) and len({len(each) for each in arrays}) == 1:
                rows, prompts, answers = arrays
                return RowIndex(rows=rows, prompts=prompts, answers=answers)
        return None

    def keep(self, digest: Digest, method: str, index: RowIndex) -> None:
        """Keep it for the day when the dataset will have changed."""
        columns = (index.rows, index.prompts, index.answers)
        rows, prompts, answers = (each.tobytes() for each in columns)
        kept = _Kept(made=_made(digest, method), rows=rows, prompts=prompts, answers=answers)
        IndexFile(self._folder, digest).write(_encode(kept))
        with suppress(OSError):
            self._give_up_the_oldest()

    def _give_up_the_oldest(self) -> None:
        files = [(path.stat(), path) for path in self._folder.iterdir() if path.name[0] != "."]
        files.sort(key=lambda each: each[0].st_mtime_ns, reverse=True)
        room = MOST_BYTES
        for number, (about, path) in enumerate(files):
            room -= about.st_size
            if number >= MOST_KEPT or (room < 0 and number):
                path.unlink(missing_ok=True)


def _made(digest: str, method: str) -> tuple[int, str, str, str]:
    return INDEX_SCHEMA, sys.byteorder, method, digest
