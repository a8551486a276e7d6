"""What a row says, and what differs in it, in a few words that hide what is private."""

from collections.abc import Iterator, Mapping
from itertools import islice, zip_longest
from typing import Any, Final

import msgspec

from ftops.dataset.changes.data_change import Edit
from ftops.dataset.explaining.parse import join
from ftops.dataset.privacy.replacing import mask
from ftops.dataset.privacy.texts import TooDeepError, decode

LONGEST: Final = 60
"""So many characters of a text are told, from shortly before its first difference on."""

MOST_EDITS: Final = 3
_BEFORE: Final = 16
_MISSING: Final = object()
_UNTOLD: Final = "(it cannot be shown)"


def gist(line: bytes) -> str:
    """Return what is asked and what is answered last, masked and clipped."""
    row = _shown(line)
    if not isinstance(row, dict):
        return _UNTOLD
    asked, said = _last(row, "user"), _last(row, "assistant")
    told = [_clipped(text) for text in (asked, said) if text]
    return " → ".join(told) or _clipped(_plain(row))


def edits(old: bytes, new: bytes) -> tuple[Edit, ...]:
    """Return the first values that differ once they are masked; none if only private ones do."""
    before, after = _shown(old), _shown(new)
    if before is None or after is None:
        return (Edit(path="", old=_UNTOLD, new=_UNTOLD),)
    return tuple(islice(_differences(before, after, ""), MOST_EDITS))


def _shown(line: bytes) -> object:
    try:
        row = decode(line)
        return None if row is None else mask(row)
    except TooDeepError:
        return None


def _last(row: Mapping[str, Any], role: str) -> str:
    """Return the last text of a role; a preference's own prompt and preferred answer count."""
    given = row.get("input")
    inner = given.get("messages", ()) if isinstance(given, dict) else ()
    messages = [*row.get("messages", inner), *row.get("preferred_output", ())]
    said = [
        text
        for one in messages
        if isinstance(one, dict) and one.get("role") == role
        if (text := _text(one.get("content")))
    ]
    return said[-1] if said else ""


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return " ".join(str(one["text"]) for one in parts if isinstance(one, dict) and "text" in one)


def _differences(old: object, new: object, path: str) -> Iterator[Edit]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(
                old.get(key, _MISSING), new.get(key, _MISSING), join(path, str(key))
            )
    elif isinstance(old, list) and isinstance(new, list):
        for number, (one, two) in enumerate(zip_longest(old, new, fillvalue=_MISSING)):
            yield from _differences(one, two, join(path, number))
    elif old != new or type(old) is not type(new):
        before, after = _plain(old), _plain(new)
        start = max(0, _common(before, after) - _BEFORE) if before and after else 0
        yield Edit(path=path, old=_told(before, start), new=_told(after, start))


def _plain(value: object) -> str | None:
    if value is _MISSING:
        return None
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _common(one: str, two: str) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b),
        min(len(one), len(two)),
    )


def _told(text: str | None, start: int) -> str | None:
    return None if text is None else _clipped(text, start)


def _clipped(text: str | None, start: int = 0) -> str:
    told = text or ""
    cut = told[start : start + LONGEST]
    before = "…" if start else ""
    return before + cut + ("…" if start + len(cut) < len(told) else "")
