"""What foreign records look like, and each one's messages."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from ftops.dataset.importing import preferences
from ftops.dataset.importing.chats import chat_of
from ftops.dataset.importing.record import Fields, UnconvertibleError
from ftops.dataset.importing.texts import SYSTEM_KEYS, listed, system_of, text_of

Turns = list[dict[str, Any]]


class Shape(StrEnum):
    """How a record says who says what."""

    CHAT = "chat"
    SHAREGPT = "sharegpt"
    ALPACA = "alpaca"
    PROMPT_COMPLETION = "prompt-completion"
    PREFERENCE = "preference"


_ANSWERS: Final = ("output", "response")

NO_SHAPE: Final = "its keys are of no shape that is known here"

PAIRS: Final = (
    ("prompt", "completion"),
    ("prompt", "response"),
    ("question", "answer"),
    ("input", "output"),
    ("instruction", "response"),
    ("question", "response"),
    ("query", "response"),
    ("user", "assistant"),
)
TALKS: Final = ("conversations", "conversation")
_ROLES: Final = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "chatgpt": "assistant",
    "system": "system",
}


def shape_of(fields: Fields) -> Shape:
    """Return the shape that the keys tell; UnconvertibleError if they tell none."""
    if all(key in fields for key in preferences.KEYS):
        return Shape.PREFERENCE
    if "messages" in fields:
        return Shape.CHAT
    if any(key in fields for key in TALKS):
        return Shape.SHAREGPT
    if "instruction" in fields and any(key in fields for key in _ANSWERS):
        return Shape.ALPACA
    if pair_in(fields) is not None:
        return Shape.PROMPT_COMPLETION
    raise UnconvertibleError(NO_SHAPE)


def row_of(fields: Fields, shape: Shape) -> dict[str, Any]:
    """Return the record as the provider's row, perhaps an illegal one; or UnconvertibleError."""
    return _CONVERT[shape](fields)


def named_pair(fields: Fields, prompt: str, completion: str) -> Fields:
    """Return the record as if its two keys had the usual names; their case does not matter."""
    names = {key.casefold(): key for key in fields}
    missing = [key for key in (prompt, completion) if key.casefold() not in names]
    if missing:
        raise UnconvertibleError(f"it has no {' and no '.join(missing)}")
    asked, said = (fields[names[key.casefold()]] for key in (prompt, completion))
    own = {key: fields[key] for key in SYSTEM_KEYS if key in fields}
    return {**own, "prompt": asked, "completion": said}


def _sharegpt(fields: Fields) -> dict[str, Any]:
    turns = listed(next((fields[key] for key in TALKS if key in fields), None))
    if not isinstance(turns, list):
        raise UnconvertibleError("it has no list of conversations")
    return {"messages": [*system_of(fields), *map(_turn, turns)]}


def _turn(turn: object) -> dict[str, Any]:
    if not isinstance(turn, Mapping):
        raise UnconvertibleError("a turn is no object")
    role = turn.get("from", turn.get("role"))
    if not isinstance(role, str) or role.lower() not in _ROLES:
        raise UnconvertibleError("a turn is by somebody other than human, gpt and system")
    said = turn.get("value", turn.get("content"))
    if not isinstance(said, str):
        raise UnconvertibleError("a turn has no text")
    return {"role": _ROLES[role.lower()], "content": said}


def _alpaca(fields: Fields) -> dict[str, Any]:
    asked = [text_of(fields, "instruction")]
    asked += [text_of(fields, key) for key in ("input", "context") if fields.get(key) is not None]
    answer = "response" if "output" not in fields and "response" in fields else "output"
    messages = [*system_of(fields), *_history(fields.get("history"))]
    messages.append({"role": "user", "content": "\n\n".join(filter(None, asked))})
    messages.append({"role": "assistant", "content": text_of(fields, answer)})
    return {"messages": messages}


def _history(turns: object) -> Turns:
    messages: Turns = []
    for pair in turns if isinstance(turns, list) else []:
        match pair:
            case [str() as asked, str() as said]:
                messages.append({"role": "user", "content": asked})
                messages.append({"role": "assistant", "content": said})
            case _:
                raise UnconvertibleError("its history is no list of pairs")
    return messages


def _prompt_completion(fields: Fields) -> dict[str, Any]:
    pair = pair_in(fields)
    if pair is None:
        raise UnconvertibleError("it has no prompt with its completion")
    asked, said = (fields[name] for name in pair)
    if isinstance(asked, list) and isinstance(said, list):
        # Some trainers keep both halves of a chat as lists of messages.
        return {"messages": [*system_of(fields), *asked, *said]}
    messages = [*system_of(fields), {"role": "user", "content": text_of(fields, pair[0])}]
    return {"messages": [*messages, {"role": "assistant", "content": text_of(fields, pair[1])}]}


def pair_in(fields: Fields) -> tuple[str, str] | None:
    """Return the keys that hold a prompt and its completion; their case does not matter."""
    names = {key.casefold(): key for key in fields}
    found = (pair for pair in PAIRS if pair[0] in names and pair[1] in names)
    return next(((names[asked], names[said]) for asked, said in found), None)


_CONVERT: Final[Mapping[Shape, Callable[[Fields], dict[str, Any]]]] = {
    Shape.CHAT: chat_of,
    Shape.SHAREGPT: _sharegpt,
    Shape.ALPACA: _alpaca,
    Shape.PROMPT_COMPLETION: _prompt_completion,
    Shape.PREFERENCE: preferences.preference_of,
}
