"""One row as quality sees it: its prompt, its answer, who says how much, and where it stands."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, assert_never

import msgspec

from ftops.dataset.formats import (
    AssistantMessage,
    ChatRow,
    DeveloperMessage,
    ImagePart,
    Message,
    PreferenceRow,
    RefusalPart,
    ReinforcementRow,
    Row,
    SystemMessage,
    UserMessage,
)
from ftops.dataset.quality.figures import Place

MOST_PLACES: Final = 6
"""So many places of equal rows are kept; the others are only counted."""

_END: Final = "\x1e"
_SEED: Final = b"ftops"

Key = tuple[bytes, bytes]


@dataclass(slots=True, kw_only=True, eq=False)
class Example:
    """A distinct row; rows that are equal but for case and spaces are counted on the first.

    The first `asked` messages are the prompt; `refused` is what the answer itself marks as refusal.
    """

    key: Key
    row: Row
    messages: tuple[Message, ...]
    asked: int
    answer: str
    refused: str
    rejected: str | None
    has_tools: bool
    places: list[Place]
    rows: int = 1

    @property
    def system(self) -> str:
        """Return the instructions, or nothing."""
        return "\n".join(text_of(one) for one in self.messages if is_system(one)).strip()

    @property
    def question(self) -> str:
        """Return the prompt without the instructions."""
        prompt = self.messages[: self.asked]
        return "\n".join(text_of(one) for one in prompt if not is_system(one))

    @property
    def words_said(self) -> str:
        """Return all but the instructions, which many rows share."""
        return "\n".join(text_of(one) for one in self.messages if not is_system(one))

    @property
    def turns(self) -> int:
        """Return how often the user speaks."""
        return sum(isinstance(one, UserMessage) for one in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A row taken apart: what is given, what is learned, what is to be avoided."""

    prompt: Sequence[Message]
    answer: Sequence[Message]
    rejected: Sequence[Message] | None
    tools: object


def read_example(row: Row, whole: object, place: Place, bar: Key | None = None) -> Example | None:
    """Return the row as an example at its place; `whole` has the keys that are for graders.

    Nothing is returned for a row whose prompt alone puts its key above the bar.
    """
    parts = take_apart(row)
    prompt = _END.join(f"{role_of(one)} {text_of(one)}" for one in parts.prompt)
    if parts.tools:
        prompt += _END + _json(parts.tools)
    asked = _digest(prompt)
    if bar is not None and asked > bar[0]:
        return None
    said = "\n".join(map(text_of, parts.answer))
    rejected = None if parts.rejected is None else "\n".join(map(text_of, parts.rejected))
    return Example(
        key=(asked, _digest(_END.join((said, rejected or "", _for_graders(whole))))),
        row=row,
        messages=(*parts.prompt, *parts.answer),
        asked=len(parts.prompt),
        answer=said,
        refused="".join(map(_refusal_of, parts.answer)),
        rejected=rejected,
        has_tools=any(isinstance(one, AssistantMessage) and one.tool_calls for one in parts.answer),
        places=[place],
    )


def normal(text: str) -> str:
    """Return the text without what people do not mean to differ in: case, spaces, composition."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(text.lower().split())


def role_of(message: Message) -> str:
    """Return the message's role, as the file has it."""
    return str(message.__struct_config__.tag)


def is_system(message: Message) -> bool:
    """Say whether the message instructs the model."""
    return isinstance(message, SystemMessage | DeveloperMessage)


def text_of(message: Message) -> str:
    """Return all that the message says: texts, calls, refusals, and the addresses of images."""
    content = message.content
    said = [content] if isinstance(content, str) else [*map(_part_text, content or ())]
    if isinstance(message, AssistantMessage):
        said += [_json(call) for call in (message.tool_calls, message.function_call) if call]
        said += [message.refusal] if message.refusal else []
    return said[0] if len(said) == 1 else "\n".join(said)


def take_apart(row: Row) -> Parts:
    """Return what is given to the model, what it learns, and what it learns to avoid."""
    match row:
        case ChatRow(messages=messages, tools=tools, functions=functions):
            last = next(
                (n for n, one in enumerate(messages[::-1], 1) if isinstance(one, AssistantMessage)),
                0,
            )
            at = len(messages) - last if last else len(messages)
            more = tools or functions
            return Parts(prompt=messages[:at], answer=messages[at:], rejected=None, tools=more)
        case PreferenceRow(input=given, preferred_output=answer, non_preferred_output=other):
            return Parts(prompt=given.messages, answer=answer, rejected=other, tools=given.tools)
        case ReinforcementRow(messages=messages, tools=tools):
            return Parts(prompt=messages, answer=(), rejected=None, tools=tools)
        case _:
            assert_never(row)


def _digest(text: str) -> bytes:
    return blake2b(normal(text).encode(), digest_size=8, key=_SEED).digest()


def _for_graders(whole: object) -> str:
    """Return what only a reinforcement row has."""
    if not isinstance(whole, dict):
        return ""
    return _json(sorted((key, whole[key]) for key in whole.keys() - {"messages", "tools"}))


def _part_text(part: object) -> str:
    match part:
        case ImagePart(image_url=image):
            # A picture in the row itself may have megabytes; which one it is suffices.
            return f"[image {blake2b(image.url.encode(), digest_size=8).hexdigest()}]"
        case RefusalPart(refusal=refusal):
            return refusal
        case _:
            return getattr(part, "text", "")


def _refusal_of(message: Message) -> str:
    if not isinstance(message, AssistantMessage):
        return ""
    parts = message.content if isinstance(message.content, list) else ()
    said = [part.refusal for part in parts if isinstance(part, RefusalPart)]
    return "".join([message.refusal or "", *said])


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
