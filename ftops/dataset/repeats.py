"""Whether a line that decoded well has a key twice or is too deep, without a second parse.

The typed decoder lets the last of two equal keys win and says nothing. But a key that is written
twice leaves more strings in the line than in the decoded row, and strings are cheap to count.
"""

from collections.abc import Collection
from typing import Final

import msgspec
from msgspec import UNSET

from ftops.dataset.formats import ChatRow

MAX_DEPTH: Final = 100
"""Deeper rows are refused, so that no answer depends on how much stack happens to be left."""


def repeats_a_key(line: bytes, whole: object) -> bool:
    """Return whether the line has more strings than all that was decoded from it."""
    return _count_quotes(line) != _count_quotes(msgspec.json.encode(whole))


def is_too_deep(line: bytes, whole: object) -> bool:
    """Return whether the row is nested deeper than `MAX_DEPTH`."""
    plain = isinstance(whole, ChatRow) and whole.tools is whole.functions is UNSET
    if plain or line.count(b"{") + line.count(b"[") < MAX_DEPTH:
        return False
    level: Collection[object] = [msgspec.to_builtins(whole)]
    for _ in range(MAX_DEPTH):
        level = [deeper for value in level for deeper in _members_of(value)]
        if not level:
            return False
    return True


def _members_of(value: object) -> Collection[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _count_quotes(text: bytes) -> int:
    """Count the quotes that begin or end a string."""
    if b"\\" not in text:
        return text.count(b'"')
    # With the escaped backslashes gone, a quote is escaped exactly if a backslash stands before it.
    bare = text.replace(rb"\\", b"")
    return bare.count(b'"') - bare.count(rb"\"")
