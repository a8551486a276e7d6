"""How large a picture in a data URL is, read from the first bytes of the file."""

import binascii
import re
import struct
from typing import Final

Size = tuple[int, int]

_HEAD: Final = 64 << 10
"""So much of the base64 is decoded: beyond any usual header, far below a whole picture."""

_DATA_URL = re.compile(r"data:[^,]{0,100};base64,")
_MARK: Final = 0xFF
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LOSSY, _LOSSLESS, _EXTENDED = b"VP8 ", b"VP8L", b"VP8X"


def image_size(url: str) -> Size | None:
    """Return width and height of a PNG, JPEG or WEBP in a data URL; None of anything else."""
    found = _DATA_URL.match(url)
    if found is None:
        return None
    text = url[found.end() : found.end() + _HEAD]
    try:
        head = binascii.a2b_base64(text[: len(text) // 4 * 4])
        size = _size(head)
    except (binascii.Error, struct.error, ValueError):
        return None
    return size if size and all(size) else None


def _size(head: bytes) -> Size | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack_from(">II", head, 16)
    if head.startswith(b"\xff\xd8"):
        return _size_of_jpeg(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _size_of_webp(head)
    return None


def _size_of_jpeg(head: bytes) -> Size | None:
    at = 2
    while True:
        mark, kind, length = struct.unpack_from(">BBH", head, at)
        if mark != _MARK:
            return None
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 1 if kind == _MARK else 2 + length


def _size_of_webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if kind == _LOSSY:
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == _LOSSLESS:
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == _EXTENDED:
        wide, high = struct.unpack_from("<3s", head, 24)[0], struct.unpack_from("<3s", head, 27)[0]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    return None
