"""Rows written anew with a stand-in for every value that a scan would find."""

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

import msgspec

from ftops.core.privacy import Kind
from ftops.dataset.concatenate import MAX_ROW_BYTES, is_piece
from ftops.dataset.privacy.pseudonyms import Pseudonyms
from ftops.dataset.privacy.replacing import StandIn, replaced, sightings_in
from ftops.dataset.privacy.texts import TooDeepError, decode

MOST_TURNS: Final = 5


class NotARowError(ValueError):
    """A line that cannot be written anew, and why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Anonymiser:
    """Rewrites rows one by one; rows without findings stay as they are, byte for byte."""

    def __init__(self, key: bytes) -> None:
        self._pseudonyms = Pseudonyms(key)
        self._counts: Counter[Kind] = Counter()
        self._rows = 0
        self._rewritten = 0

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many values of each kind got a stand-in."""
        return self._counts

    @property
    def rows(self) -> int:
        """How many lines were read."""
        return self._rows

    @property
    def rewritten(self) -> int:
        """How many of them were written anew."""
        return self._rewritten

    def lines(self, stream: BinaryIO) -> Iterator[bytes]:
        """Yield every line of a file, written anew where needed; NotARowError ends it."""
        for line in iter(lambda: stream.readline(MAX_ROW_BYTES), b""):
            self._rows += 1
            yield self._line(line)

    def _line(self, line: bytes) -> bytes:
        mark = codecs.BOM_UTF8 if self._rows == 1 and line.startswith(codecs.BOM_UTF8) else b""
        bare = line[len(mark) :].rstrip(b"\r\n")
        ending = line[len(mark) + len(bare) :]
        if not bare.strip():
            return line
        row = None if is_piece(line) else decode(bare)
        if row is None:
            raise NotARowError(self._rows, "is not one whole JSON value without repeated keys")
        try:
            found = self._rewrite(row)
        except TooDeepError as error:
            raise NotARowError(self._rows, "is nested too deep") from error
        if found is None:
            return line
        self._rewritten += 1
        return mark + msgspec.json.encode(found) + ending

    def _rewrite(self, row: object) -> object | None:
        """Return the row without findings, None if there are none in it."""
        changed = None
        for turn in range(MOST_TURNS):
            found = sightings_in(row)
            if turn == 0:
                self._counts.update(one.kind for each in found.values() for one in each)
            if not found:
                return changed
            changed = row = replaced(row, found, self._stand_ins(turn))
        # What is left only looks like personal data: it was made here.
        return changed

    def _stand_ins(self, turn: int) -> StandIn:
        return lambda one, value: self._pseudonyms.stand_in(one.kind, value, turn=turn)
