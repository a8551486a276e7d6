"""Files that are no text in UTF-8, told by how they begin."""

import codecs
from typing import BinaryIO, Final

from ftops.dataset.importing.record import UnfitFileError

_AS_UTF8: Final = "save it as UTF-8 (Excel: CSV UTF-8)"
_AS_CSV: Final = "save the sheet with the rows as CSV UTF-8"

_BEGINS: Final = (
    (codecs.BOM_UTF16_LE, "it is text in UTF-16", _AS_UTF8),
    (codecs.BOM_UTF16_BE, "it is text in UTF-16", _AS_UTF8),
    (b"PK\x03\x04", "it is an Excel workbook or another zip archive", _AS_CSV),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook", _AS_CSV),
    (b"SQLite format 3\0", "it is a SQLite database", "export the table as CSV"),
    (b"%PDF-", "it is a PDF", "import what its text was made of"),
)
_LONGEST: Final = max(len(begin) for begin, _, _ in _BEGINS)


def refuse_what_is_no_text(stream: BinaryIO) -> None:
    """Raise UnfitFileError that says what the file is; the stream is at its begin afterwards."""
    first = stream.read(_LONGEST)
    stream.seek(0)
    for begin, what, hint in _BEGINS:
        if first.startswith(begin):
            raise UnfitFileError(what, hint)
