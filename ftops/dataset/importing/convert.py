"""From a foreign file to rows that our own checker calls legal, with a tally of both."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import msgspec

from ftops.dataset.finding import Severity
from ftops.dataset.formats import FORMAT_OF, Format, Row
from ftops.dataset.importing.json_records import array_records, is_array, json_lines
from ftops.dataset.importing.methods import Wanted, row_for
from ftops.dataset.importing.no_text import refuse_what_is_no_text
from ftops.dataset.importing.record import (
    Fields,
    Record,
    UnconvertibleError,
    UnfitFileError,
)
from ftops.dataset.importing.shapes import Shape, named_pair, row_of, shape_of
from ftops.dataset.importing.tables import table_records
from ftops.dataset.judge import judge
from ftops.dataset.rows import decode_row
from ftops.dataset.shaping.canonical_rows import canonical_bytes, with_system

Convert = Callable[[Fields], tuple[str, bytes]]
"""Returns what a record is and its row's line; UnconvertibleError if there is none."""

Pair = tuple[str, str]
"""What the keys of a prompt and its completion are called."""

_MIXED: Final = {
    Format.PREFERENCE: "it is a preference among chats",
    Format.CHAT: "it is a chat among preferences",
}

MOST_LINES: Final = 5
"""So many lines of each reason are told."""

MOST_REASONS: Final = 50
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
            try:
                shape, row = self._convert(_fields_of(record))
            except UnconvertibleError as error:
                if self._strict:
                    message = f"line {record.line}: {error}"
                    raise UnfitFileError(message, "without --strict it would be skipped") from error
                self._skip(str(error), record.line)
            else:
                self.shapes[shape] += 1
                yield row

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

    def convert(fields: Fields) -> tuple[str, bytes]:
        if pair is not None:
            fields = named_pair(fields, *pair)
        found = shape or (Shape.PROMPT_COMPLETION if pair is not None else shape_of(fields))
        wanted = Format.PREFERENCE if found is Shape.PREFERENCE else Format.CHAT
        if begun and wanted is not begun[0]:
            raise UnconvertibleError(_MIXED[wanted])
        row, whole = _legal(row_of(fields, found), wanted)
        begun[:] = [wanted]
        return found, canonical_bytes(row if system is None else with_system(row, system), whole)

    return convert


def to_method(wanted: Wanted, answer_key: str) -> Convert:
    """Make rows for a training method of rows for another one."""

    def convert(fields: Fields) -> tuple[str, bytes]:
        told = row_for(fields, wanted, answer_key)
        row, whole = _legal(told, FORMAT_OF[wanted])
        return wanted, canonical_bytes(row, whole)

    return convert


def records_of(stream: BinaryIO, container: str) -> Iterator[Record]:
    """Return the records of a file: a csv or tsv table, else JSON Lines or one JSON array."""
    refuse_what_is_no_text(stream)
    if container in {"csv", "tsv"}:
        yield from table_records(stream, tabs=container == "tsv")
    else:
        yield from array_records(stream) if is_array(stream) else json_lines(stream)


def _fields_of(record: Record) -> Fields:
    if record.fields is None:
        raise UnconvertibleError(record.reason)
    return record.fields


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
