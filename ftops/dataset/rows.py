"""The fast path of a row, from bytes straight to typed structs, and rows read back as JSON."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, assert_never

import msgspec

from ftops.dataset.formats import ChatRow, Format, PreferenceRow, ReinforcementRow, Row

_decode_chat = msgspec.json.Decoder(ChatRow).decode
_decode_preference = msgspec.json.Decoder(PreferenceRow).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What a decoder raises for bytes that are no such row."""


def decode_row(line: bytes, row_format: Format) -> tuple[Row, object] | None:
    """Return the typed row and all that the line holds, or nothing if it is not of the format."""
    try:
        match row_format:
            case Format.CHAT:
                chat = _decode_chat(line)
                return chat, chat
            case Format.PREFERENCE:
                preference = _decode_preference(line)
                return preference, preference
            case Format.REINFORCEMENT:
                # Extra keys are decoded too: skipped ones could hide invalid UTF-8.
                whole = _decode_object(line)
                return msgspec.convert(whole, ReinforcementRow), whole
            case _:
                assert_never(row_format)
    except UNREADABLE:
        return None


def read_rows(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield the rows of a legal file as plain JSON objects, in order; blank lines hold none."""
    for number, line in enumerate(stream):
        row = line if number else line.removeprefix(codecs.BOM_UTF8)
        if row.strip():
            yield _decode_object(row)
