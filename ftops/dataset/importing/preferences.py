"""Preferences as trainers keep them, a prompt, `chosen` and `rejected`, as the provider's rows."""

from typing import Any, Final

from ftops.dataset.importing.chats import known_keys
from ftops.dataset.importing.record import Fields, UnconvertibleError
from ftops.dataset.importing.texts import listed, system_of
from ftops.dataset.importing.transcripts import turns_of

KEYS: Final = ("chosen", "rejected")
_PROMPTS: Final = ("prompt", "question", "instruction", "query", "input")


def prompt_key(fields: Fields) -> str | None:
    """Return the key that holds what was asked."""
    return next((key for key in _PROMPTS if fields.get(key)), None)


def preference_of(fields: Fields) -> dict[str, Any]:
    """Return the row: an answer is a text, or the last of messages that begin with the prompt."""
    key = prompt_key(fields)
    asked = [] if key is None else _messages(fields[key], "user", key)
    chosen, rejected = (_answer(fields.get(key), key, is_whole=not asked) for key in KEYS)
    shared = chosen[:-1]
    if shared != rejected[:-1]:
        raise UnconvertibleError("its two answers end different conversations")
    if not shared and not asked:
        raise UnconvertibleError("it has no prompt")
    return {
        "input": {"messages": [*system_of(fields), *(shared or asked)]},
        "preferred_output": chosen[-1:],
        "non_preferred_output": rejected[-1:],
    }


def _answer(said: object, key: str, *, is_whole: bool) -> list[Any]:
    """Return the answer's messages; without a prompt beside it a text may be the whole talk."""
    turns = turns_of(said) if is_whole and isinstance(said, str) else None
    return turns or _messages(said, "assistant", key)


def _messages(said: object, role: str, key: str) -> list[Any]:
    said = listed(said)
    if isinstance(said, str):
        return [{"role": role, "content": said.strip()}]
    if isinstance(said, list):
        return known_keys(said)
    raise UnconvertibleError(f"its {key} is neither a text nor a list of messages")
