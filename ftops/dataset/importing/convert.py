"""From a foreign file to rows that our own checker calls legal, with a tally of both."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import msgspec

from ftops.dataset.finding import Severity
from ftops.dataset.formats import FORMAT_OF, Format, Row
from ftops.dataset.importing.json_records import (
    array_records,
    is_array,
    is_spread,
    json_lines,
    spread_records,
)
from ftops.dataset.importing.methods import TURNED, Wanted, row_for
from ftops.dataset.importing.no_text import refuse_what_is_no_text
from ftops.dataset.importing.recoding import as_utf8
from ftops.dataset.importing.record import (
    Fields,
    Record,
    UnconvertibleError,
    UnfitFileError,
)
from ftops.dataset.importing.shapes import Shape, named_pair, row_of, shape_of
from ftops.dataset.importing.tables import table_records
from ftops.dataset.importing.taken import keys_beside, keys_left_out
from ftops.dataset.judge import judge
from ftops.dataset.rows import decode_row
from ftops.dataset.shaping.canonical_rows import canonical_bytes, with_system


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A record's shape, its row's line, and its keys that are not in the row."""

    shape: str
    row: bytes
    left_out: tuple[str, ...] = ()


Convert = Callable[[Fields], Made]
"""UnconvertibleError if a record makes no row."""

Pair = tuple[str, str]
"""What the keys of a prompt and its completion are called."""

_MIXED: Final = {
    Format.PREFERENCE: "it is a preference among chats",
    Format.CHAT: "it is a chat among preferences",
}

MOST_LINES: Final = 5
"""So many lines of each reason are told."""

MOST_REASONS: Final = 50
MOST_KEYS: Final = 50
_OTHER: Final = "other reasons"


@dataclass(slots=True, kw_only=True)
class Skipped:
    """Records that were left out for one reason, and the first lines of them."""

    count: int = 0
    lines: list[int] = field(default_factory=list)


class Conversion:
    """Converts records one by one, and counts; `strict` lets the first that fails end it."""

    def __init__(self, convert: Convert, *, strict: bool = False) -> None:
        self._convert = convert
        self._strict = strict
        self.shapes: Counter[str] = Counter()
        self.skipped: dict[str, Skipped] = {}
        self.keys_left_out: Counter[str] = Counter()
        self.first_keys: tuple[str, ...] = ()
        self.is_numbered = False

    @property
    def converted(self) -> int:
        """How many records became rows."""
        return self.shapes.total()

    @property
    def left_out(self) -> int:
        """How many records did not."""
        return sum(one.count for one in self.skipped.values())

    def rows(self, records: Iterable[Record]) -> Iterator[bytes]:
        """Yield a line for each record that makes a legal row."""
        for record in records:
            self.is_numbered = record.is_numbered
            try:
                made = self._convert(self._fields_of(record))
            except UnconvertibleError as error:
                if self._strict:
                    message = f"{self.place_word} {record.line}: {error}"
                    raise UnfitFileError(message, "without --strict it would be skipped") from error
                self._skip(str(error), record.line)
            else:
                self.shapes[made.shape] += 1
                self._note(made.left_out)
                yield made.row

    @property
    def place_word(self) -> str:
        """What is counted to tell where a record is."""
        return "record" if self.is_numbered else "line"

    def _fields_of(self, record: Record) -> Fields:
        if record.fields is None:
            raise UnconvertibleError(record.reason)
        self.first_keys = self.first_keys or tuple(record.fields)
        return record.fields

    def _note(self, keys: Iterable[str]) -> None:
        for key in keys:
            if key in self.keys_left_out or len(self.keys_left_out) < MOST_KEYS:
                self.keys_left_out[key] += 1

    def _skip(self, reason: str, line: int) -> None:
        if reason not in self.skipped and len(self.skipped) >= MOST_REASONS:
            reason = _OTHER
        skipped = self.skipped.setdefault(reason, Skipped())
        skipped.count += 1
        if len(skipped.lines) < MOST_LINES:
            skipped.lines.append(line)


def to_rows(
    shape: Shape | None = None, system: str | None = None, pair: Pair | None = None
) -> Convert:
    """Make rows of records of one shape, or of whichever each one has.

    A pair names the keys of prompt and completion. All rows have the format of the first.
    """
    begun: list[Format] = []

    def convert(told: Fields) -> Made:
        fields = told if pair is None else named_pair(told, *pair)
        found = shape or (Shape.PROMPT_COMPLETION if pair is not None else shape_of(fields))
        wanted = Format.PREFERENCE if found is Shape.PREFERENCE else Format.CHAT
        if begun and wanted is not begun[0]:
            raise UnconvertibleError(_MIXED[wanted])
        row, whole = _legal(row_of(fields, found), wanted)
        begun[:] = [wanted]
        line = canonical_bytes(row if system is None else with_system(row, system), whole)
        left = keys_left_out(told, found) if pair is None else keys_beside(told, pair)
        return Made(shape=found, row=line, left_out=tuple(left))

    return convert


def to_method(wanted: Wanted, answer_key: str) -> Convert:
    """Make rows for a training method of rows for another one."""

    def convert(fields: Fields) -> Made:
        told = row_for(fields, wanted, answer_key)
        row, whole = _legal(told, FORMAT_OF[wanted])
        left = (key for key in fields if key not in told and key not in (*TURNED, answer_key))
        return Made(shape=wanted, row=canonical_bytes(row, whole), left_out=tuple(left))

    return convert


def records_of(stream: BinaryIO, container: str, encoding: str | None = None) -> Iterator[Record]:
    """Return the records of a file: a csv or tsv table, else JSON in lines or any other layout."""
    refuse_what_is_no_text(stream)
    stream = as_utf8(stream, encoding)
    if container in {"csv", "tsv"}:
        yield from table_records(stream, tabs=container == "tsv")
    elif is_array(stream):
        yield from array_records(stream)
    elif is_spread(stream):
        yield from spread_records(stream)
    else:
        yield from json_lines(stream)


def _legal(told: dict[str, Any], row_format: Format) -> tuple[Row, object]:
    line = _encoded(told)
    row, findings = judge(line, row_format)
    decoded = None if row is None else decode_row(line, row_format)
    if decoded is not None:
        return decoded
    first = next(one for one in findings if one.severity is Severity.ERROR)
    raise UnconvertibleError(f"it would be illegal: {first.code} {first.message.rstrip('.')}")


def _encoded(row: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(row)
    except (UnicodeEncodeError, msgspec.EncodeError, RecursionError, TypeError) as error:
        raise UnconvertibleError(
            "a text has half of a surrogate pair, or it is nested too deep"
        ) from error
