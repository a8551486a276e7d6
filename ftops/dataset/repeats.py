"""Whether a line that decoded well has a key twice, without parsing it a second time.

The typed decoder lets the last of two equal keys win and says nothing. But a key that is written
twice leaves more strings in the line than in the decoded row, and strings are cheap to count.
"""

from typing import Final

from msgspec import UNSET, Struct

MAX_DEPTH: Final = 100
"""Deeper rows are refused, so that no answer depends on how much stack happens to be left."""


def repeats_a_key(line: bytes, whole: object) -> bool:
    """Return whether the line says more than its decoded row, or is nested too deeply to tell."""
    # With the escaped backslashes gone, every `\"` left is an escaped quote, and every other quote
    # begins or ends a string.
    bare = line.replace(rb"\\", b"")
    return bare.count(b'"') - bare.count(rb"\"") != 2 * _count_strings(whole)


def _count_strings(whole: object) -> int:
    """Count keys and texts of a decoded row; -1 if it is nested too deeply."""
    count = 0
    level = [whole]
    for _ in range(MAX_DEPTH):
        deeper: list[object] = []
        for value in level:
            if isinstance(value, str):
                count += 1
            elif isinstance(value, dict):
                count += len(value)
                deeper += value.values()
            elif isinstance(value, list):
                deeper += value
            elif isinstance(value, Struct):
                parts = [getattr(value, name) for name in value.__struct_fields__]
                present = [part for part in parts if part is not UNSET]
                count += len(present) + 2 * (value.__struct_config__.tag is not None)
                deeper += present
        if not deeper:
            return count
        level = deeper
    return -1
