"""Every text of a row, JSON inside texts included: gathered to be read, or written anew.

One walk does both, so what is found and what is replaced cannot drift apart.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, cast

import msgspec

from ftops.dataset.explaining.parse import join
from ftops.dataset.legal.repeats import MAX_DEPTH, repeats_a_key
from ftops.dataset.privacy.look import look
from ftops.dataset.privacy.sighting import SEPARATOR, Sighting

Step = str | int
Node = tuple["Node", Step] | None
"""The steps to a value, from the last one back to the row."""
Visit = Callable[[str, str, Node], str]
"""Takes what stands before a text (its key), the text and where it is; returns the text to keep."""

Look = Callable[[str], Sequence[Sighting]]
"""Finds values in one text."""

_decode: Final = msgspec.json.Decoder().decode
_CONSTANTS: Final = frozenset(
    ("user", "assistant", "system", "developer", "tool", "function", "text", "image_url")
)
_LONGEST_PLAIN: Final = 16
_IMAGE: Final = "data:image/"
"""Pictures inside a row are not looked at: their bytes would look like anything."""

_OPENING: Final = ("{", "[")
_CLOSING: Final = ("}", "]")
_LEAST_NUMBER: Final = 1_000_000
_HIDDEN: Final = '["***"]'
_LONGEST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sighting in the text of that number; its start and end are of that text alone."""

    index: int
    value: str
    sighting: Sighting


class TooDeepError(ValueError):
    """A row that is nested deeper than any reader should have to follow."""


def decode(line: bytes) -> object | None:
    """Return the line's value, or nothing where a decoder would not see all that is written."""
    try:
        value: object = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if repeats_a_key(line, value) else value


def rewrite(row: object, visit: Visit) -> object:
    """Return the row with every text as `visit` wants it; TooDeepError beyond the limit."""
    return _Walk(visit).value(row, "", None, 0)


def path_of(node: Node) -> str:
    """Return where a text stands, without keys that are personal data themselves."""
    if node is None:
        return ""
    above, step = node
    before = path_of(above)
    if isinstance(step, str) and (len(step) > _LONGEST_SHOWN or look(step)):
        return before + _HIDDEN
    return join(before, step)


class Texts:
    """All texts of one row as one, to be looked through at once."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._prefixes: list[int] = []
        self._nodes: list[Node] = []

    def note(self, prefix: str, text: str, node: Node) -> str:
        """Take one text, as the visit of `rewrite`."""
        self._pieces.append(prefix + text)
        self._prefixes.append(len(prefix))
        self._nodes.append(node)
        return text

    def node(self, index: int) -> Node:
        """Return where the text of that number stands."""
        return self._nodes[index]

    def sightings_by(self, look_at: Look) -> list[Placed]:
        """Return what another look finds in each text by itself."""
        return [
            Placed(index=index, value=text[one.start : one.end], sighting=one)
            for index, (piece, prefix) in enumerate(zip(self._pieces, self._prefixes, strict=True))
            for text in [piece[prefix:]]
            for one in look_at(text)
        ]

    def sightings(self) -> list[Placed]:
        """Return what was found, in order."""
        found = look(SEPARATOR.join(self._pieces))
        if not found:
            return []
        starts = [0, *accumulate(len(piece) + 1 for piece in self._pieces)]
        placed: list[Placed] = []
        for one in found:
            index = bisect_right(starts, one.start) - 1
            piece, prefix = self._pieces[index], self._prefixes[index]
            start, end = one.start - starts[index], min(one.end - starts[index], len(piece))
            if start >= prefix:
                here = replace(one, start=start - prefix, end=end - prefix)
                placed.append(Placed(index=index, value=piece[start:end], sighting=here))
        return placed


class _Walk:
    """One walk over a value, keys and inner JSON included."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def value(self, value: object, key: str, node: Node, depth: int) -> object:
        """Return the value as the visit wants it."""
        kind = type(value)
        if kind is str:
            return self._text(cast("str", value), key, node, depth)
        if kind is dict:
            return self._members(cast("dict[str, object]", value), node, depth + 1)
        if kind is list:
            return self._elements(cast("list[object]", value), key, node, depth + 1)
        if kind is int and abs(cast("int", value)) >= _LEAST_NUMBER:
            return self._number(cast("int", value), key, node)
        return value

    def _members(self, members: dict[str, object], node: Node, depth: int) -> dict[str, object]:
        if depth > MAX_DEPTH:
            raise TooDeepError
        found: dict[str, object] = {}
        for key, member in members.items():
            here = (node, key)
            is_plain = len(key) <= _LONGEST_PLAIN and key.isidentifier()
            name = key if is_plain else self._visit("", key, here)
            found[_unused(name, found)] = self.value(member, key, here, depth)
        return found

    def _elements(self, elements: list[object], key: str, node: Node, depth: int) -> list[object]:
        if depth > MAX_DEPTH:
            raise TooDeepError
        return [
            self.value(element, key, (node, index), depth) for index, element in enumerate(elements)
        ]

    def _text(self, text: str, key: str, node: Node, depth: int) -> str:
        if text in _CONSTANTS if len(text) < _LONGEST_PLAIN else text.startswith(_IMAGE):
            return text
        inner = _inner_json(text)
        if inner is not None:
            found = self.value(inner, key, node, depth)
            return text if found == inner else msgspec.json.encode(found).decode()
        return self._visit(f"{key}: ", text, node)

    def _number(self, number: int, key: str, node: Node) -> int | str:
        written = str(number)
        found = self._visit(f"{key}: ", written, node)
        if found == written:
            return number
        return int(found) if found.isdecimal() and found[0] != "0" else found


def _inner_json(text: str) -> dict[str, object] | list[object] | None:
    """Return what a text holds if it is JSON itself, as a tool's arguments are."""
    if text[:1] not in _OPENING or text.rstrip()[-1:] not in _CLOSING:
        return None
    value = decode(text.encode("utf-8", "replace"))
    return value if isinstance(value, dict | list) else None


def _unused(name: str, taken: dict[str, object]) -> str:
    while name in taken:
        name += "-2"
    return name
