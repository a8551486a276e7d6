"""Files that are no text, told by how they begin."""

from typing import BinaryIO, Final

from ftops.dataset.importing.record import UnfitFileError

_AS_CSV: Final = "save the sheet with the rows as CSV UTF-8"

_BEGINS: Final = (
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
