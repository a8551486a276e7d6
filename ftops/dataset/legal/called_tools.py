"""A quick yes to chat rows in which tools are called: what is on offer is judged once.

Rows repeat their tools byte for byte, so those are decoded apart and remembered, as are the names
of functions and the orders in which turns are taken. Of the rest the quotes are counted, as
`plain_talk` does.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import dropwhile, pairwise
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from ftops.dataset.formats import FUNCTION_NAME, LONGEST_NAME, ChatRow, Tool
from ftops.dataset.legal.plain_talk import (
    INSTRUCTIONS,
    MARKS_OF_A_KEY,
    MARKS_OF_A_MESSAGE,
    Lean,
    PlainDeveloper,
    PlainSystem,
    PlainUser,
    texts_of,
)
from ftops.dataset.legal.quotes import count_marks
from ftops.dataset.legal.repeats import is_too_deep, repeats_a_key
from ftops.dataset.legal.turns import ORDERS_REMEMBERED
from ftops.dataset.rows import UNREADABLE


class _Called(Lean):
    """The function that is called; its name is judged apart."""

    name: str
    arguments: str


class _Call(Lean):
    """One call of a tool."""

    id: str
    type: Literal["function"]
    function: _Called


class _Answer(Lean, tag_field="role", tag="assistant"):
    """What is said, or called, or both."""

    content: str | UnsetType | None = UNSET
    tool_calls: Annotated[list[_Call], Meta(min_length=1)] | UnsetType = UNSET
    weight: Literal[0, 1] | UnsetType = UNSET


class _Result(Lean, tag_field="role", tag="tool"):
    """What a tool answered; it may be nothing."""

    content: str
    tool_call_id: str


_Turn = PlainSystem | PlainDeveloper | PlainUser | _Answer | _Result


class _Calling(Lean):
    """A row whose tools are still to be read: they may be anything, UTF-8 or not."""

    messages: Annotated[list[_Turn], Meta(min_length=1)]
    tools: Raw | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET


class _Order(NamedTuple):
    """What the roles of a row tell: `marks` are the quotes that stand around strings in any case.

    `callers` are the places of the answers that tools follow, and how many; `sayers` are those of
    the other answers but the last, which may be either.
    """

    marks: int
    callers: tuple[tuple[int, int], ...]
    sayers: tuple[int, ...]


_MARKS_OF_WORDS: Final = 4
_MARKS_OF_A_TEXT: Final = 2
_MARKS_OF_A_CALL: Final = 18
_MARKS: Final[Mapping[type, int]] = {_Answer: 4, _Result: 12}
"""The quotes around the strings of each, as in `plain_talk`; an answer has a role at least."""

_UNTOLD: Final = -(1 << 60)
"""As the count of what may not be so, this makes every sum wrong."""

_REMEMBERED: Final = 64
_LONGEST_REMEMBERED: Final = 1 << 14
"""So many offers are kept, of so many bytes at most."""

_decode = msgspec.json.Decoder(_Calling).decode
_decode_tools = msgspec.json.Decoder(list[Tool]).decode


def look_at_calls(line: bytes) -> int:
    """Return how many messages are learned if the row is beyond reproach, none if it is not.

    Rows with parts, names, refusals and the like are not told here.
    """
    try:
        row = _decode(line)
    except UNREADABLE:
        return 0
    # The places in an order tell which are answers.
    messages: Sequence[Any] = row.messages
    order = _order_of(tuple(map(type, messages)))
    if order is None:
        return 0
    callers: list[_Answer] = [messages[at] for at, _ in order.callers]
    sayers: list[_Answer] = [messages[at] for at in order.sayers]
    (callers if messages[-1].tool_calls else sayers).append(messages[-1])
    if not _say_something(sayers) or not _are_answered(order.callers, messages):
        return 0
    calls = [call for caller in callers for call in caller.tool_calls or ()]
    weights = [answer.weight for answer in (*sayers, *callers)]
    marks = order.marks + _MARKS_OF_WORDS * len(sayers) + _count_in(callers, calls)
    marks += MARKS_OF_A_KEY * (len(weights) - weights.count(UNSET)) + _count_around(row)
    return len(weights) - weights.count(0) if count_marks(line) == marks else 0


@lru_cache(ORDERS_REMEMBERED)
def _order_of(kinds: tuple[type[_Turn], ...]) -> _Order | None:
    """Return nothing if turns may not be taken so."""
    talk = tuple(dropwhile(INSTRUCTIONS.__contains__, kinds))
    if kinds[-1] is not _Answer or not INSTRUCTIONS.isdisjoint(talk):
        return None
    callers: dict[int, int] = {}
    for at, (before, kind) in enumerate(pairwise((None, *kinds))):
        if kind is _Result and before is _Answer:
            callers[at - 1] = 1
        elif kind is _Result and before is _Result:
            callers[max(callers)] += 1
        elif kind is _Result:
            return None
    answers = {at for at, kind in enumerate(kinds[:-1]) if kind is _Answer}
    marks = MARKS_OF_A_KEY + sum(_MARKS.get(kind, MARKS_OF_A_MESSAGE) for kind in kinds)
    return _Order(marks, tuple(callers.items()), tuple(sorted(answers - callers.keys())))


def _say_something(sayers: Sequence[_Answer]) -> bool:
    uncalled = [sayer.tool_calls for sayer in sayers].count(UNSET)
    return uncalled == len(sayers) and all(map(texts_of, sayers))


def _are_answered(callers: Iterable[tuple[int, int]], messages: Sequence[Any]) -> bool:
    """Return whether all tools that were called answer, and no other; the last calls may wait."""
    for at, results in callers:
        calls = messages[at].tool_calls
        # Most often it is one.
        if results == 1 and calls and len(calls) == 1:
            if calls[0].id != messages[at + 1].tool_call_id:
                return False
            continue
        told = {result.tool_call_id for result in messages[at + 1 : at + 1 + results]}
        if len(told) != results or told != _ids_of(messages[at]):
            return False
    last: _Answer = messages[-1]
    return not last.tool_calls or bool(_ids_of(last))


def _ids_of(answer: _Answer) -> Collection[str]:
    """Return the ids of its calls, nothing if two of them are the same."""
    calls = answer.tool_calls or ()
    ids = {call.id for call in calls}
    return ids if len(ids) == len(calls) else ()


def _count_in(callers: Sequence[_Answer], calls: Sequence[_Call]) -> int:
    """Return how many quotes there are around the strings of calls, beside those of the roles."""
    if not all(map(_is_name, {call.function.name for call in calls})):
        return _UNTOLD
    contents = list(map(texts_of, callers))
    keys = 2 * len(callers) - contents.count(UNSET)
    texts = len(callers) - contents.count(UNSET) - contents.count(None)
    return MARKS_OF_A_KEY * keys + _MARKS_OF_A_TEXT * texts + _MARKS_OF_A_CALL * len(calls)


def _count_around(row: _Calling) -> int:
    """Return how many quotes there are around strings outside of the messages."""
    marks = 0 if row.parallel_tool_calls is UNSET else MARKS_OF_A_KEY
    if row.tools is UNSET:
        return marks
    offered = bytes(row.tools)
    judge = _remember if len(offered) <= _LONGEST_REMEMBERED else _judge
    return marks + MARKS_OF_A_KEY + judge(offered)


def _judge(offered: bytes) -> int:
    """Return how many quotes there are around the strings of tools that are beyond reproach."""
    try:
        tools = _decode_tools(offered)
    except UNREADABLE:
        return _UNTOLD
    suspect = is_too_deep(offered, ChatRow([], tools)) or repeats_a_key(offered, tools)
    return _UNTOLD if suspect else count_marks(offered)


_remember = lru_cache(_REMEMBERED)(_judge)


def _is_name(name: str) -> bool:
    return len(name) <= LONGEST_NAME and _is_good_name(name)


@lru_cache(_REMEMBERED)
def _is_good_name(name: str) -> bool:
    return re.search(FUNCTION_NAME, name) is not None
