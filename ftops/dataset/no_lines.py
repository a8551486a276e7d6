"""What a file is that holds no JSON Lines at all, told once by its first line."""

import codecs
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.rows import UNREADABLE

_IMPORT: Final = "`ftops data import` makes rows of it."
_UNPACK: Final = "Unpack it, or pack it with gzip or zstd, which are read as they are."
_CELL: Final = rb'"?[A-Za-z_][\w .-]*"?'
_KINDS: Final = (
    (
        rb"PK\x03\x04",
        "a ZIP archive",
        "Unpack it; if it is a workbook, `ftops data import` reads it.",
    ),
    (rb"PAR1", "a Parquet file", _IMPORT),
    (rb"ARROW1", "an Arrow file", _IMPORT),
    (rb"BZh[1-9]", "packed with bzip2", _UNPACK),
    (rb"\xfd7zXZ", "packed with xz", _UNPACK),
    (rb"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (rb"SQLite format 3\0", "a SQLite database", "Export its table as CSV, and import that."),
    (rb"%PDF-", "a PDF document", "Point to the dataset itself."),
    (
        rb"version https://git-lfs\.github\.com/spec/",
        "a pointer of Git LFS",
        "`git lfs pull` fetches what it stands for.",
    ),
    (
        rb"(?i:\s*<(?:!doctype html|html)\b)",
        "a web page",
        "It was perhaps downloaded without signing in; fetch the dataset again.",
    ),
    (rb"sep=[,;\t]\s*\Z|%(cell)b(?:[,;\t]%(cell)b)+\s*\Z" % {b"cell": _CELL}, "a table", _IMPORT),
)
_READ_KINDS: Final = tuple((re.compile(begin), kind, hint) for begin, kind, hint in _KINDS)
_UTF16: Final = re.compile(rb"\xff\xfe|\xfe\xff|[\[{]\0|\0[\[{]")
_SPREAD: Final = re.compile(rb'\s*\{\s*(?:"[^"\\]*"\s*:\s*[\[{\s]*)?\Z')
_END_OF_MAC: Final = re.compile(rb"\}\s*\r\s*\{")


def explain_no_lines(first: bytes) -> Finding | None:
    """Return what the file is, if its first line is none of any dataset."""
    if _UTF16.match(first):
        hint = "Save it as UTF-8, as `iconv -f UTF-16 -t UTF-8` does."
        return find(Code.NOT_UTF8, "The file is UTF-16.", hint=hint)
    line = first.removeprefix(codecs.BOM_UTF8)
    for begin, kind, hint in _READ_KINDS:
        if begin.match(line):
            words = f"The file is {kind}, and a dataset is JSON Lines."
            return find(Code.NOT_JSON, words, hint=hint)
    return _explain_json(line)


def _explain_json(line: bytes) -> Finding | None:
    if line.lstrip().startswith(b"[") and _goes_on(line):
        hint = "`ftops data import` makes a row of each of its objects."
        return find(Code.NOT_JSON, "The file is one JSON array, and no JSON Lines.", hint=hint)
    if _SPREAD.match(line):
        hint = "Write each on one line, as `jq -c .` does."
        return find(Code.NOT_JSON, "The file's objects go over several lines each.", hint=hint)
    if _END_OF_MAC.search(line):
        words = "The lines end with CR alone, as on old Macs, which is no line end here."
        return find(Code.NOT_JSON, words, hint="Save the file with LF.")
    return None


def _goes_on(line: bytes) -> bool:
    """Return whether the array is of rows, or does not end on its line."""
    try:
        members = msgspec.json.decode(line)
    except UNREADABLE:
        return True
    return isinstance(members, Sequence) and bool(members) and isinstance(members[0], dict)
