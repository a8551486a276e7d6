"""Records of JSON Lines, and of JSON in other layouts without reading it whole."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import msgspec

from ftops.dataset.concatenate import MAX_ROW_BYTES, is_piece
from ftops.dataset.importing.record import Record, UnfitFileError

CHUNK: Final = 1 << 16
LONGEST_RECORD: Final = 16 << 20
"""So many characters of an array are held at most while the end of a record is looked for."""

NO_JSON: Final = "it is no JSON that can be read"

_NO_UTF8_HINT: Final = "save the file as UTF-8, or name its encoding: --encoding cp1252"
_BLANK: Final = " \t\r\n"
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_scan = json.JSONDecoder().raw_decode


def is_array(stream: BinaryIO) -> bool:
    """Say whether the file is one JSON array; the stream is at its begin again afterwards."""
    begin = stream.read(CHUNK).removeprefix(codecs.BOM_UTF8).lstrip()
    stream.seek(0)
    return begin.startswith(b"[")


def is_spread(stream: BinaryIO) -> bool:
    """Say whether objects follow one another without a line for each, as `jq` writes them.

    The stream is at its begin again afterwards.
    """
    begin = stream.read(CHUNK).removeprefix(codecs.BOM_UTF8).lstrip()
    stream.seek(0)
    if not begin.startswith(b"{") or _record(begin.partition(b"\n")[0], 1).fields is not None:
        return False
    text = begin.decode("utf-8", "ignore")
    try:
        _, end = _scan(text)
    except (ValueError, RecursionError):
        return False
    return text[end:].lstrip()[:1] in {"", "{"}


def json_lines(stream: BinaryIO) -> Iterator[Record]:
    """Yield each line's object; blank lines are none."""
    number, within = 0, False
    for line in iter(lambda: stream.readline(MAX_ROW_BYTES), b""):
        begins, within = not within, is_piece(line)
        number += begins
        if begins and within:
            yield Record(line=number, reason="the line is longer than a row can be")
        elif begins and line.strip():
            yield _record(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line, number)


def array_records(stream: BinaryIO) -> Iterator[Record]:
    """Yield each element of the array; UnfitFileError where it is broken.

    Where the second begins in the line of the first, elements are numbered instead.
    """
    is_numbered: bool | None = None
    for number, (line, value, next_line) in enumerate(_elements(_Text(stream)), start=1):
        if is_numbered is None:
            is_numbered = next_line == line
        place = number if is_numbered else line
        if isinstance(value, dict):
            yield Record(line=place, fields=value, is_numbered=is_numbered)
        else:
            yield Record(line=place, reason="it is no JSON object", is_numbered=is_numbered)


def spread_records(stream: BinaryIO) -> Iterator[Record]:
    """Yield each of the objects that follow one another; UnfitFileError where one is broken."""
    text = _Text(stream, "JSON")
    text.skip(_BLANK)
    while text.peek():
        line, value = text.line, text.value()
        if isinstance(value, dict):
            yield Record(line=line, fields=value)
        else:
            yield Record(line=line, reason="it is no JSON object")
        text.skip(_BLANK)


def _elements(text: "_Text") -> Iterator[tuple[int, object, int | None]]:
    """Yield each value with its line and that of the next one."""
    text.skip(_BLANK)
    text.skip("[", most=1)
    text.skip(_BLANK)
    while text.peek() != "]":
        line, value = text.line, text.value()
        text.skip(_BLANK)
        if text.peek() == ",":
            text.skip(",", most=1)
            text.skip(_BLANK)
            yield line, value, text.line
        elif text.peek() == "]":
            yield line, value, None
        else:
            raise text.broken()


def _record(line: bytes, number: int) -> Record:
    try:
        return Record(line=number, fields=_decode(line))
    except msgspec.ValidationError:
        return Record(line=number, reason="it is no JSON object")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Record(line=number, reason=NO_JSON)


class _Text:
    """The file's text, of which only what is not understood yet is held."""

    def __init__(self, stream: BinaryIO, what: str = "JSON array") -> None:
        self._stream = stream
        self._what = what
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="strict")
        self._held = ""
        self._at = 0
        self._is_over = False
        self.line = 1

    def peek(self) -> str:
        """Return the next character; nothing at the end."""
        while self._at >= len(self._held) and self._read(CHUNK):
            pass
        return self._held[self._at : self._at + 1]

    def skip(self, characters: str, most: int | None = None) -> None:
        """Go past these characters."""
        while (found := self.peek()) and found in characters and most != 0:
            self._go(self._at + 1)
            most = None if most is None else most - 1

    def value(self) -> object:
        """Return the next value; of what goes beyond the text held, more is read."""
        more = CHUNK
        while True:
            try:
                value, end = _scan(self._held, self._at)
            except (ValueError, RecursionError):
                if len(self._held) - self._at > LONGEST_RECORD or not self._read(more):
                    raise self.broken() from None
            else:
                # A number goes on as long as digits come; all else has an end of its own.
                length = end - self._at
                if end < len(self._held) or not self._read(more):
                    self._go(self._at + length)
                    return value
            more *= 2

    def broken(self) -> UnfitFileError:
        """Return the error for text that is no array here."""
        message = f"line {self.line}: the {self._what} is broken here, or its record is too long"
        return UnfitFileError(message, "nothing after it can be read; mend the file first")

    def _go(self, end: int) -> None:
        self.line += self._held.count("\n", self._at, end)
        self._at = end

    def _read(self, size: int) -> bool:
        if self._is_over:
            return False
        chunk = self._stream.read(size)
        self._is_over = not chunk
        try:
            more = self._decoder.decode(chunk, final=self._is_over)
        except UnicodeDecodeError as error:
            message = f"the text after line {self.line} is not UTF-8"
            raise UnfitFileError(message, _NO_UTF8_HINT) from error
        self._held = self._held[self._at :] + more
        self._at = 0
        return bool(more) or not self._is_over
