"""Where in a line of JSON a path leads, and the line shown around that place with a caret."""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from ftops.dataset.finding import Code, Finding

LONGEST_LOCATED: Final = 4 << 20
"""In longer lines, which carry pictures, no place is looked for."""

_STEP = re.compile(
    r'\.?(?P<key>[A-Za-z_][A-Za-z0-9_-]*)|\[(?P<index>\d+)\]|\[(?P<odd>"(?:[^"\\]|\\.)*")\]'
)
_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN_KEY = re.compile(r'[{,][ \t\r\n]*"([^"\\]*)"[ \t\r\n]*:[ \t\r\n]*')
_BEFORE, _AFTER = 24, 52
_Scan = Callable[[str, int], tuple[Any, int]]
_scan: _Scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # its stub lacks it


def point_at(finding: Finding, line: bytes) -> tuple[int | None, str | None]:
    """Return the finding's column and an excerpt of the line, as far as there is a place."""
    if len(line) > LONGEST_LOCATED or not (finding.path or finding.column):
        return finding.column, None
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    column = finding.column or _locate(text, finding)
    return column, None if column is None else excerpt(text, column)


def _locate(text: str, finding: Finding) -> int | None:
    repeated = finding.code is Code.DUPLICATE_KEY
    at_key = repeated or finding.code is Code.UNKNOWN_KEY
    return locate(text, finding.path, at_key=at_key, last=repeated)


def locate(text: str, path: str, *, at_key: bool = False, last: bool = False) -> int | None:
    """Return the column of what the path leads to, or of the nearest place that is there.

    Of a key that is there more than once the first one is taken, or the last: looking for more
    than one reads the whole line.
    """
    place = _skip_space(text, text.startswith("\ufeff"))
    key_place = place
    try:
        for step in _steps(path):
            if isinstance(step, int):
                found = _find_index(text, place, step)
            else:
                found = _find_key(text, place, step, last=last)
            if found is None:
                return place + 1
            key_place, place = found
    except (ValueError, IndexError, RecursionError, StopIteration):
        return None
    return (key_place if at_key else place) + 1


def excerpt(text: str, column: int) -> str:
    """Return the line around a column, and a caret below it."""
    at = column - 1
    begin = 0 if at <= _BEFORE + 1 else at - _BEFORE
    end = len(text) if len(text) - at <= _AFTER + 1 else at + _AFTER
    before = ("…" if begin else "") + _printable(text[begin:at])
    shown = before + _printable(text[at:end]) + ("…" if end < len(text) else "")
    return f"{shown}\n{' ' * _columns(before)}^"


@lru_cache(256)
def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(map(_read_step, _STEP.finditer(path)))


def _read_step(step: re.Match[str]) -> str | int:
    if step["index"]:
        return int(step["index"])
    return str(json.loads(step["odd"])) if step["odd"] else step["key"]


def _find_key(text: str, at: int, key: str, *, last: bool) -> tuple[int, int] | None:
    """Return the places of the key and of its value, in the object that begins there."""
    found = None
    while text[at] in "{,":
        plain = _PLAIN_KEY.match(text, at)
        if plain is not None:
            name, key_place, place = plain[1], plain.start(1) - 1, plain.end()
        else:
            key_place = _skip_space(text, at + 1)
            if text[key_place] != '"':
                break
            name, end = _scan(text, key_place)
            place = _skip_space(text, _skip_space(text, end) + 1)
        if name == key:
            found = key_place, place
            if not last:
                break
        at = _skip_value(text, place)
    return found


def _find_index(text: str, at: int, index: int) -> tuple[int, int] | None:
    """Return the place of the member, twice, in the list that begins there."""
    while text[at] in "[,":
        place = _skip_space(text, at + 1)
        if text[place] == "]":
            break
        if not index:
            return place, place
        at = _skip_value(text, place)
        index -= 1
    return None


def _skip_value(text: str, at: int) -> int:
    end = _scan(text, at)[1]
    return end if text[end] in ",]}" else _skip_space(text, end)


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else "\N{MIDDLE DOT}" for one in text)


def _columns(text: str) -> int:
    """Return how wide a terminal writes it; the ellipsis is the usual exception to ASCII."""
    return len(text) if text[1:].isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
