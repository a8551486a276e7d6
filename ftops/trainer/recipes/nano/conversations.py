"""Dataset rows as plain lines of text: which turns are learned, and what came before each."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ftops.trainer.recipes.contract import Message, Row


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the network sees it: who speaks, and text."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One assistant answer to learn, with the conversation that led to it."""

    context: tuple[Line, ...]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One preference: the same conversation answered well and badly."""

    context: tuple[Line, ...]
    preferred: str
    rejected: str

    @property
    def good(self) -> Turn:
        """The turn an assistant should have spoken."""
        return Turn(context=self.context, answer=self.preferred)


def _part_text(part: object) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, dict):
        return str(part.get("text") or part.get("refusal") or "")
    return ""


def message_text(message: Message) -> str:
    """Return what a message says: text, joined text parts, and calls of tools as JSON."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(_part_text(part) for part in content)
    pieces = [str(content or message.get("refusal") or "")]
    pieces += [
        json.dumps({name: message[name]}, ensure_ascii=False, sort_keys=True)
        for name in ("tool_calls", "function_call")
        if message.get(name)
    ]
    return "\n".join(piece for piece in pieces if piece)


def _role(message: Message) -> str:
    role = str(message.get("role", "user"))
    return {"developer": "system", "function": "tool"}.get(role, role)


def lines(messages: Sequence[Message]) -> tuple[Line, ...]:
    """Return a conversation as lines, in order."""
    return tuple(Line(_role(message), message_text(message)) for message in messages)


def turns(row: Row) -> list[Turn]:
    """Return the assistant turns a supervised row teaches; `weight: 0` ones are only context."""
    messages: Sequence[Message] = row.get("messages") or ()
    spoken = lines(messages)
    return [
        Turn(context=spoken[:place], answer=spoken[place].text)
        for place, message in enumerate(messages)
        if spoken[place].role == "assistant" and message.get("weight", 1) != 0
    ]


def pair(row: Row) -> Pair:
    """Return the preference a dpo row states."""
    return Pair(
        context=lines(row["input"].get("messages") or ()),
        preferred=_answer(row["preferred_output"]),
        rejected=_answer(row["non_preferred_output"]),
    )


def _answer(output: Sequence[Message]) -> str:
    return "\n".join(line.text for line in lines(output) if line.role == "assistant")


def _messages(row: Row) -> Iterable[Message]:
    yield from row.get("messages") or ()
    preference = row.get("input")
    if isinstance(preference, dict):
        yield from preference.get("messages") or ()
    for name in ("preferred_output", "non_preferred_output"):
        yield from row.get(name) or ()


def row_lines(row: Row) -> tuple[Line, ...]:
    """Return all that a row says, both answers of a preference included."""
    return lines(tuple(_messages(row)))


def count_images(rows: Iterable[Row]) -> int:
    """Count content parts that are not text; the network cannot see them."""
    return sum(
        isinstance(part, dict) and part.get("type") not in {"text", "refusal"}
        for row in rows
        for message in _messages(row)
        if isinstance(message.get("content"), list)
        for part in message["content"]
    )
