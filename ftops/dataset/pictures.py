"""What a picture must be to be learned from, as far as its URL alone can tell."""

import binascii
import re
from collections.abc import Sequence
from typing import Final

from ftops.dataset.finding import Code
from ftops.dataset.formats import ImagePart, Message, PreferenceRow, Row, UserMessage

MOST_IMAGES: Final = 10
MOST_IMAGE_BYTES: Final = 10 << 20

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_DATA = re.compile(r"data:[^,]{0,100};base64,", re.IGNORECASE)
_HEAD: Final = 32
"""So many letters of base64 hold every mark below."""


def images_of(messages: Sequence[Message]) -> list[str]:
    """Return the URL of every picture that users show."""
    return [
        part.image_url.url
        for message in messages
        if isinstance(message.content, list) and isinstance(message, UserMessage)
        for part in message.content
        if isinstance(part, ImagePart)
    ]


def shows_images(row: Row) -> bool:
    """Return whether the row has a picture; a legal preference has none."""
    if isinstance(row, PreferenceRow):
        return False
    return bool(images_of(row.messages))


def are_pictures_fine(messages: Sequence[Message]) -> bool:
    """Return whether nothing is to be said of the pictures."""
    urls = images_of(messages)
    return len(urls) <= MOST_IMAGES and all(flaw_of(url) is None for url in urls)


def flaw_of(url: str) -> Code | None:
    """Return what is wrong with one picture's URL, or with the picture within it."""
    if _WEB.match(url):
        return None
    if url[:5].lower() != "data:":
        return Code.WRONG_IMAGE_URL
    found = _DATA.match(url)
    if found is None or not _is_picture(url[found.end() : found.end() + _HEAD]):
        return Code.WRONG_IMAGE
    return Code.IMAGE_TOO_LARGE if _size(url, found.end()) > MOST_IMAGE_BYTES else None


def _is_picture(text: str) -> bool:
    """Return whether the base64 begins as a JPEG, a PNG or a WEBP does."""
    try:
        head = binascii.a2b_base64(text[: len(text) // 4 * 4])
    except ValueError:
        return False
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return is_webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _size(url: str, begin: int) -> int:
    padding = len(url) - len(url.rstrip("="))
    return (len(url) - begin) * 3 // 4 - padding
