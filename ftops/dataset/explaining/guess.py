"""Which method a file's rows are for, by the first row's keys."""

import codecs
from collections.abc import Iterable
from typing import Any, Final

import msgspec

READ_TO_GUESS: Final = 100
"""So many lines are looked at at most."""

SUPERVISED: Final = "supervised"
_CHAT_KEYS: Final = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})


def guess_method(lines: Iterable[bytes]) -> str:
    """Return the method of the first line that can be read; supervised if nothing says more."""
    for line in lines:
        try:
            row: Any = msgspec.json.decode(line.removeprefix(codecs.BOM_UTF8))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if isinstance(row, dict):
            return _method_of(row)
    return SUPERVISED


def _method_of(row: dict[str, Any]) -> str:
    if "preferred_output" in row or "non_preferred_output" in row:
        return "dpo"
    messages = row.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    answered = isinstance(last, dict) and last.get("role") == "assistant"
    is_graded = bool(row.keys() - _CHAT_KEYS) and last is not None and not answered
    return "reinforcement" if is_graded else SUPERVISED
