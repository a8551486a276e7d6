"""What is said of a value that is not of its type: the words, and what was probably meant."""

import difflib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from msgspec import inspect as types

from ftops.dataset.explaining.instead import what_instead
from ftops.dataset.explaining.parse import quote
from ftops.dataset.finding import Code, Finding, find

_ALIASES: Final = {
    "ai": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "chatbot": "assistant",
    "human": "user",
    "chosen": "preferred_output",
    "rejected": "non_preferred_output",
    "preferred_completion": "preferred_output",
    "non_preferred_completion": "non_preferred_output",
    "chosen_output": "preferred_output",
    "rejected_output": "non_preferred_output",
    "dispreferred_output": "non_preferred_output",
    "prompt": "input",
    "conversation": "messages",
    "conversations": "messages",
    "dialog": "messages",
    "dialogue": "messages",
    "chat": "messages",
    "history": "messages",
    "turns": "messages",
    "from": "role",
    "speaker": "role",
    "author": "role",
    "sender": "role",
    "value": "content",
    "text": "content",
    "message": "content",
    "content": "text",
    "input_text": "text",
    "output_text": "text",
    "url": "image_url",
    "parameters": "arguments",
    "input_schema": "parameters",
}
"""What other formats and older documents call the same thing."""

_PICTURE: Final = 'Write {"type": "image_url", "image_url": {"url": …}}.'
_OF_OTHER_PARTS: Final = {
    "image": _PICTURE,
    "input_image": _PICTURE,
    "tool_use": 'Calls stand beside the content, in "tool_calls".',
    "tool_result": 'What a tool answered is a message with "role": "tool" and its "tool_call_id".',
}
"""What to do about parts as other providers and other interfaces have them."""

_OF_OTHER_PLACES: Final = {
    "weight": "A weight belongs to an assistant message, and to nothing else.",
    "tool_calls": "Calls belong to an assistant message, and to nothing else.",
    "function_call": "A call belongs to an assistant message, and to nothing else.",
    "tool_call_id": 'It belongs to a message with "role": "tool", and to nothing else.',
}
"""Keys that are right, but elsewhere."""

_LONGEST_WORD: Final = 80
"""What is longer is like nothing that is allowed, and would only fill the memory."""

_MISSING: Final = {"content": Code.NO_CONTENT}

_WORDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
}
_OBJECT: Final = "an object"


def did_you_mean(word: str, allowed: Iterable[str]) -> str | None:
    """Return the likeliest of the allowed words, if one is likely."""
    return _likeliest(word[:_LONGEST_WORD], tuple(allowed))


@lru_cache(1024)
def _likeliest(word: str, known: tuple[str, ...]) -> str | None:
    """Rows that are wrong are mostly wrong in the same way."""
    if word in known:
        return word
    alias = _ALIASES.get(word.lower())
    if alias in known:
        return alias
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return near[0] if near else None


def meant_by(key: str, known: Iterable[str]) -> str | None:
    """Return the key that was likely meant, unless it is right in another place."""
    return None if key in _OF_OTHER_PLACES else did_you_mean(key, known)


def word_of(value: object) -> str:
    """Return what JSON's readers call such a value."""
    return _WORDS.get(type(value), _OBJECT)


def word_for(kind: types.Type) -> str:
    """Return what they call a value of the type."""
    match kind:
        case types.NoneType():
            return "null"
        case types.BoolType():
            return "true or false"
        case types.StrType() | types.LiteralType():
            return "a text"
        case types.ListType():
            return "a list"
        case _:
            return _OBJECT


def say_not_among(value: object, allowed: tuple[str, ...], path: str, code: Code) -> Finding:
    """Return that a value is none of those allowed."""
    message = f"The value is {_show(value)}, which is not allowed here."
    hint = _hint_for_word(value, allowed) if isinstance(value, str) else None
    return find(code, message, path=path, hint=hint or f"Write {join_by_or(allowed)}.")


def _hint_for_word(word: str, allowed: tuple[str, ...]) -> str | None:
    hint = _OF_OTHER_PARTS.get(word)
    if hint is not None and "text" in allowed and (hint != _PICTURE or "image_url" in allowed):
        return hint
    meant = did_you_mean(word, allowed)
    return f'Did you mean "{meant}"?' if meant else None


def say_missing(name: str, path: str, hint: str | None = None) -> Finding:
    """Return that a required key is not there."""
    message = f"The key {quote(name)} is missing."
    code = _MISSING.get(name, Code.MISSING_KEY)
    return find(code, message, path=path, hint=hint or f"Add {quote(name)}.")


def say_null(name: str, path: str) -> Finding:
    """Return that a required key has no value."""
    message = f"The key {quote(name)} is null."
    hint = "Write a text in its place." if name == "content" else "Give it a value."
    return find(_MISSING.get(name, Code.MISSING_KEY), message, path=path, hint=hint)


def say_unknown(key: str, allowed: Iterable[str], path: str) -> Finding:
    """Return that a key is not one of those allowed."""
    message = f"The key {quote(key)} is not known here."
    meant = meant_by(key, allowed)
    if meant:
        hint = f'Did you mean "{meant}"?'
    elif key in _OF_OTHER_PLACES:
        hint = _OF_OTHER_PLACES[key]
    elif key == "system" and "messages" in allowed:
        hint = 'Write it as the first message: {"role": "system", "content": …}.'
    else:
        hint = f"Remove it. Known here: {', '.join(allowed)}."
    return find(Code.UNKNOWN_KEY, message, path=path, hint=hint)


def say_wrong_type(value: object, wanted: str, path: str) -> Finding:
    """Return that a value is of another JSON type than the one that is wanted."""
    message = f"This is {word_of(value)}, and must be {wanted}."
    return find(Code.WRONG_TYPE, message, path=path, hint=what_instead(value, wanted, path))


def say_wrong_weight(value: object, path: str) -> Finding:
    """Return that a weight is none."""
    message = f"The weight is {_show(value)}, and must be the number 0 or 1."
    hint = "0 keeps the message as context only; 1, or no weight, learns it."
    return find(Code.WRONG_WEIGHT, message, path=path, hint=hint)


def join_by_or(words: Iterable[str]) -> str:
    """Return the words between quotes, as a choice."""
    return " or ".join(quote(word) for word in words)


def _show(value: object) -> str:
    match value:
        case str():
            return quote(value)
        case None | bool() | int() | float():
            return json.dumps(value)[:40]
        case _:
            return word_of(value)
