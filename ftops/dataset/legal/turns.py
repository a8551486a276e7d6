"""Whether messages follow each other as they may: instructions first, calls and their answers.

`broken_turns` says the same in words.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import dropwhile
from typing import Final, cast

from ftops.dataset.formats import (
    AssistantMessage,
    DeveloperMessage,
    Message,
    SystemMessage,
    ToolMessage,
)

_INSTRUCTIONS: Final[frozenset[type]] = frozenset({SystemMessage, DeveloperMessage})
ORDERS_REMEMBERED: Final = 4096
"""Rows talk in few orders of roles, and each is judged once."""


def are_turns_in_order(messages: Sequence[Message], *, may_end_with_calls: bool) -> bool:
    """Return whether instructions lead, and every tool message answers a call and every call is.

    Calls at the very end are what the model is to learn, if they may stand there.
    """
    kinds = tuple(map(type, messages))
    return _instructions_lead(kinds) and _calls_are_answered(
        messages, kinds, may_end_with_calls=may_end_with_calls
    )


@lru_cache(ORDERS_REMEMBERED)
def _instructions_lead(kinds: Sequence[type[Message]]) -> bool:
    return _INSTRUCTIONS.isdisjoint(dropwhile(_INSTRUCTIONS.__contains__, kinds))


def _calls_are_answered(
    messages: Sequence[Message], kinds: Sequence[type[Message]], *, may_end_with_calls: bool
) -> bool:
    awaited: set[str] = set()
    for message, kind in zip(messages, kinds, strict=True):
        if kind is ToolMessage:
            answered = cast("ToolMessage", message).tool_call_id
            if answered not in awaited:
                return False
            awaited.remove(answered)
        elif awaited:
            return False
        elif kind is AssistantMessage:
            calls = cast("AssistantMessage", message).tool_calls
            if calls:
                awaited = {call.id for call in calls}
                if len(awaited) != len(calls):
                    return False
    return not awaited or (may_end_with_calls and kinds[-1] is AssistantMessage)
