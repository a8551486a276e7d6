"""Dataset rows as the messages a chat template takes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ftops.trainer.recipes.contract import Message, Row, UntrainableError


class PictureError(UntrainableError):
    """A row shows a picture, and the base model reads text."""


def turns(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return the messages with plain text content, in the roles that templates know."""
    return [_turn(message) for message in messages]


def weights(messages: Sequence[Message]) -> list[bool]:
    """Say of each message whether it is learned: the assistant's, unless its weight is 0."""
    return [
        message["role"] == "assistant" and message.get("weight", 1) != 0 for message in messages
    ]


def tools_of(row: Row) -> list[dict[str, Any]] | None:
    """Return the tools a row declares, in the form templates take."""
    tools = list(row.get("tools") or ())
    tools += [{"type": "function", "function": each} for each in row.get("functions") or ()]
    return tools or None


def _turn(message: Message) -> dict[str, Any]:
    role = "system" if message["role"] == "developer" else message["role"]
    turn: dict[str, Any] = {
        "role": "tool" if role == "function" else role,
        "content": _text(message),
    }
    calls = list(message.get("tool_calls") or ())
    if message.get("function_call"):
        calls.append({"type": "function", "function": message["function_call"]})
    if calls:
        turn["tool_calls"] = [_call(call) for call in calls]
    for name in ("tool_call_id", "name"):
        if message.get(name):
            turn[name] = message[name]
    return turn


def _text(message: Message) -> str:
    content = message.get("content")
    if isinstance(content, list):
        if any(part.get("type") == "image_url" for part in content):
            raise PictureError("this base model reads text, and a message holds a picture")
        content = "".join(str(part.get("text") or part.get("refusal") or "") for part in content)
    return str(content or message.get("refusal") or "")


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call with its arguments as an object, which templates print as JSON."""
    function = call["function"]
    return {
        **call,
        "function": {"name": function["name"], "arguments": _arguments(function["arguments"])},
    }


def _arguments(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
