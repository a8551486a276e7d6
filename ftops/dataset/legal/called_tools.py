"""A quick yes to chat rows in which tools are called: what is on offer is judged once.

Rows repeat their tools byte for byte, so those are decoded apart and remembered. Of the rest the
quotes are counted, as `plain_talk` does.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from ftops.dataset.formats import (
    AssistantMessage,
    ChatRow,
    DeveloperMessage,
    FunctionMessage,
    Message,
    Messages,
    SystemMessage,
    Tool,
    ToolMessage,
    UserMessage,
)
from ftops.dataset.legal.plain_talk import MARKS_OF_A_KEY, MARKS_OF_A_MESSAGE
from ftops.dataset.legal.repeats import has_odd_quotes, is_too_deep, repeats_a_key
from ftops.dataset.legal.rules import is_learned
from ftops.dataset.legal.turns import are_turns_in_order
from ftops.dataset.rows import UNREADABLE

Offer = tuple[list[Tool], int]
"""Tools, and how many quotes are in their bytes."""


class _Calling(Struct, gc=False, forbid_unknown_fields=True):
    """A row whose tools are still to be read: they may be anything, UTF-8 or not."""

    messages: Messages
    tools: Raw | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET


_MARKS_OF_A_ROLE: Final = 4
_MARKS_OF_A_TEXT: Final = 2
_MARKS_OF_A_CALL: Final = 18
_MARKS_OF_A_RESULT: Final = 12
"""The quotes around the strings of each, as in `plain_talk`."""

_UNTOLD: Final = -(1 << 60)
"""As the count of a message that has more in it, this makes every sum wrong."""

_REMEMBERED: Final = 64
_LONGEST_REMEMBERED: Final = 1 << 14
"""So many offers are kept, of so many bytes at most."""

_decode = msgspec.json.Decoder(_Calling).decode
_decode_tools = msgspec.json.Decoder(list[Tool]).decode


def look_at_calls(line: bytes) -> tuple[ChatRow, int] | None:
    """Return the row and how many of its messages are learned, if it is beyond reproach.

    Rows with parts, names, refusals and the like are not told here.
    """
    try:
        row = _decode(line)
    except UNREADABLE:
        return None
    left = line.count(b'"') - MARKS_OF_A_KEY
    tools: list[Tool] | UnsetType = UNSET
    if row.tools is not UNSET:
        offer = _read(bytes(row.tools))
        if offer is None:
            return None
        tools, quotes = offer
        left -= MARKS_OF_A_KEY + quotes
    if row.parallel_tool_calls is not UNSET:
        left -= MARKS_OF_A_KEY
    messages = row.messages
    if left != _count_quotes(messages) or has_odd_quotes(line) or not _ends_well(messages):
        return None
    return ChatRow(messages, tools, row.parallel_tool_calls), sum(map(is_learned, messages))


def _read(offered: bytes) -> Offer | None:
    return (_remember if len(offered) <= _LONGEST_REMEMBERED else _judge)(offered)


def _judge(offered: bytes) -> Offer | None:
    """Return the tools, if nothing is to be said of them."""
    try:
        tools = _decode_tools(offered)
    except UNREADABLE:
        return None
    suspect = is_too_deep(offered, ChatRow([], tools)) or repeats_a_key(offered, tools)
    return None if suspect else (tools, offered.count(b'"'))


_remember = lru_cache(_REMEMBERED)(_judge)


def _ends_well(messages: Sequence[Message]) -> bool:
    return (
        isinstance(messages[-1], AssistantMessage)
        and any(map(is_learned, messages))
        and are_turns_in_order(messages, may_end_with_calls=True)
    )


def _count_quotes(messages: Sequence[Message]) -> int:
    """Return how many quotes there are around strings and in texts; less than none if untold."""
    texts: list[Any] = []
    marks = sum([_COUNTS[type(message)](message, texts) for message in messages])
    try:
        return marks + "".join(texts).count('"')
    except TypeError:
        return _UNTOLD


def _count_asked(message: SystemMessage | UserMessage, texts: list[Any]) -> int:
    if message.name is not UNSET or not message.content:
        return _UNTOLD
    texts.append(message.content)
    return MARKS_OF_A_MESSAGE


def _count_answer(answer: AssistantMessage, texts: list[Any]) -> int:
    if not answer.refusal is answer.name is answer.function_call is UNSET:
        return _UNTOLD
    content, calls = answer.content, answer.tool_calls
    keys = (content is not UNSET) + (calls is not UNSET) + (answer.weight is not UNSET)
    marks = _MARKS_OF_A_ROLE + MARKS_OF_A_KEY * keys
    if isinstance(content, str):
        marks += _MARKS_OF_A_TEXT
    if content:
        texts.append(content)
    elif not calls:
        return _UNTOLD
    if calls:
        marks += _MARKS_OF_A_CALL * len(calls)
        for call in calls:
            texts += (call.id, call.function.arguments)
    return marks


def _count_result(result: ToolMessage, texts: list[Any]) -> int:
    texts += (result.tool_call_id, result.content)
    return _MARKS_OF_A_RESULT


def _count_function(message: FunctionMessage, texts: list[Any]) -> int:
    del message, texts
    return _UNTOLD


_COUNTS: Final[Mapping[type[Message], Callable[[Any, list[Any]], int]]] = {
    SystemMessage: _count_asked,
    DeveloperMessage: _count_asked,
    UserMessage: _count_asked,
    AssistantMessage: _count_answer,
    ToolMessage: _count_result,
    FunctionMessage: _count_function,
}
