"""Whether a line that decoded well has a key twice or is too deep, without a second parse.

The typed decoder lets the last of two equal keys win and says nothing. But a key that is written
twice leaves more strings in the line than in the decoded row, and strings are cheap to count.
"""

from collections.abc import Collection
from typing import Final

import msgspec
from msgspec import UNSET

from ftops.dataset.formats import ChatRow
from ftops.dataset.legal.quotes import count_marks

MAX_DEPTH: Final = 100
"""Deeper rows are refused, so that no answer depends on how much stack happens to be left."""


def repeats_a_key(line: bytes, whole: object) -> bool:
    """Return whether the line has more strings than all that was decoded from it."""
    return count_marks(line) != count_marks(msgspec.json.encode(whole))


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
