"""Preferences as trainers keep them, `prompt`, `chosen` and `rejected`, as the provider's rows."""

from typing import Any, Final

from ftops.dataset.importing.chats import known_keys
from ftops.dataset.importing.record import Fields, UnconvertibleError

KEYS: Final = ("chosen", "rejected")


def preference_of(fields: Fields) -> dict[str, Any]:
    """Return the row: an answer is a text, or the last of messages that begin with the prompt."""
    chosen, rejected = (_messages(fields.get(key), "assistant", key) for key in KEYS)
    asked = _messages(fields.get("prompt") or [], "user", "prompt")
    shared = chosen[:-1]
    if shared != rejected[:-1]:
        raise UnconvertibleError("its two answers end different conversations")
    system = fields.get("system")
    begin = [{"role": "system", "content": system}] if isinstance(system, str) and system else []
    return {
        "input": {"messages": [*begin, *(shared or asked)]},
        "preferred_output": chosen[-1:],
        "non_preferred_output": rejected[-1:],
    }


def _messages(said: object, role: str, key: str) -> list[Any]:
    if isinstance(said, str):
        return [{"role": role, "content": said.strip()}]
    if isinstance(said, list):
        return known_keys(said)
    raise UnconvertibleError(f"its {key} is neither a text nor a list of messages")
