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

_ODD_QUOTE: Final = rb"\u0022"


def repeats_a_key(line: bytes, whole: object) -> bool:
    """Return whether the line has more strings than all that was decoded from it."""
    written = msgspec.json.encode(whole)
    if not has_odd_quotes(line):
        # Quotes within texts are the same on both sides, so those around strings tell.
        return line.count(b'"') != written.count(b'"')
    return _count_quotes(line) != _count_quotes(written)


def has_odd_quotes(line: bytes) -> bool:
    r"""Return whether a quote within a text may be written as only some do; most write `\"`."""
    return b"\\" in line and _ODD_QUOTE in line


def is_too_deep(line: bytes, whole: object) -> bool:
    """Return whether the row is nested deeper than `MAX_DEPTH`."""
    if isinstance(whole, ChatRow):
        if whole.tools is whole.functions is UNSET:
            return False
        # Nothing else is deep, and it is short.
        line = msgspec.json.encode((whole.tools or (), whole.functions or ()))
    if line.count(b"{") + line.count(b"[") < MAX_DEPTH:
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
