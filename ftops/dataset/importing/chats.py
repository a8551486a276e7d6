"""Chats with keys of their own: what a provider would refuse is left out."""

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ftops.dataset.importing.record import NO_MESSAGES, Fields, UnconvertibleError
from ftops.dataset.importing.texts import is_there, listed

ROW_KEYS: Final = ("messages", "tools", "parallel_tool_calls", "functions")
MESSAGE_KEYS: Final = (
    "role",
    "content",
    "name",
    "weight",
    "refusal",
    "tool_calls",
    "tool_call_id",
    "function_call",
)


def chat_of(fields: Fields) -> dict[str, Any]:
    """Return the keys that a chat row may have, of the row and of each message."""
    if "messages" not in fields:
        raise UnconvertibleError(NO_MESSAGES)
    row = {key: listed(fields[key]) for key in ROW_KEYS if is_there(fields.get(key))}
    messages = row.get("messages")
    if isinstance(messages, str):
        raise UnconvertibleError("its messages are a text, and no list in JSON")
    return {**row, "messages": known_keys(messages)} if isinstance(messages, list) else row


def known_keys(messages: list[Any]) -> list[Any]:
    """Return messages without the keys that are null or not the provider's.

    One that is nearly a known key stays: it is a slip, and dropping it would hide what was meant.
    """
    return [
        {key: said for key, said in one.items() if _stays(key, said)}
        if isinstance(one, Mapping)
        else one
        for one in messages
    ]


def _stays(key: str, said: object) -> bool:
    if key in MESSAGE_KEYS:
        return said is not None or key == "content"
    return _is_slip(key)


@lru_cache(256)
def _is_slip(key: str) -> bool:
    return bool(difflib.get_close_matches(key.lower(), MESSAGE_KEYS, n=1, cutoff=0.8))
