"""Records of a table: CSV or TSV with a header line."""

import codecs
import csv
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from ftops.dataset.importing.record import Record, UnfitFileError

LONGEST_LINE: Final = 16 << 20
_NO_UTF8_HINT: Final = (
    "save the table as UTF-8 (Excel: CSV UTF-8), or name its encoding: --encoding cp1252"
)
_SEPARATORS: Final = ",;\t|"
_EXCEL: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line that Excel puts first to say what parts the columns."""


def table_records(stream: BinaryIO, *, tabs: bool) -> Iterator[Record]:
    """Yield each row under the header's names in lower case; the header tells the separator."""
    csv.field_size_limit(LONGEST_LINE)
    lines = _lines(stream)
    first = next(lines, "")
    told = _EXCEL.fullmatch(first)
    first = next(lines, "") if told else first
    separator = told[1] if told else "\t" if tabs else max(_SEPARATORS, key=first.count)
    reader = csv.reader(_again(first, lines), delimiter=separator, strict=True)
    above = 1 if told else 0
    named = next(_rows(reader), _Cells(1, []))
    header = _header(named.cells)
    for row in _rows(reader):
        line = row.line + above
        if row.fault:
            yield Record(line=line, reason=row.fault)
        elif len(row.cells) == len(header):
            cells = zip(header, row.cells, strict=True)
            yield Record(line=line, fields={name: cell for name, cell in cells if name})
        elif row.cells:
            yield Record(line=line, reason="it has more or fewer columns than the header")


def _header(cells: list[str]) -> list[str]:
    """Return the columns' names; an index that a program wrote, or an empty column, has none."""
    header = [name.strip().lower() for name in cells]
    named = [name for name in header if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    hint = "begin with a line such as: prompt,completion"
    if twice is not None:
        raise UnfitFileError(f"the first line names two columns {twice}", hint)
    if not named:
        raise UnfitFileError("the first line names no column", hint)
    return header


class _Reader(Protocol):
    """The csv module's own reader."""

    @property
    def line_num(self) -> int: ...
    def __next__(self) -> list[str]: ...


class _Cells:
    """One row of the table, or why there is none."""

    def __init__(self, line: int, cells: list[str], fault: str = "") -> None:
        self.line = line
        self.cells = cells
        self.fault = fault


def _rows(reader: _Reader) -> Iterator[_Cells]:
    while True:
        line = reader.line_num + 1
        try:
            yield _Cells(line, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            # An open quote takes in the rows that follow, and they are lost with it.
            lost = f" (down to line {reader.line_num})" if reader.line_num > line else ""
            yield _Cells(line, [], f"it cannot be read as a table's row: {error}{lost}")


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _lines(stream: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), start=1):
        if len(line) >= LONGEST_LINE:
            raise UnfitFileError(f"line {number} is longer than any table's", "is it a table?")
        bare = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        try:
            yield bare.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"line {number} is not UTF-8"
            raise UnfitFileError(message, _NO_UTF8_HINT) from error
