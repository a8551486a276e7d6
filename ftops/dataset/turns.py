"""Whether messages follow each other as they may: instructions first, calls and their answers.

`broken_turns` says the same in words.
"""

from collections.abc import Sequence
from itertools import dropwhile
from typing import Final

from ftops.dataset.formats import (
    AssistantMessage,
    DeveloperMessage,
    Message,
    SystemMessage,
    ToolMessage,
    UserMessage,
)

_INSTRUCTIONS: Final[frozenset[type]] = frozenset({SystemMessage, DeveloperMessage})


def is_plain_talk(messages: Sequence[Message]) -> bool:
    """Return whether instructions, then users and answers, all say something in plain text."""
    begun = False
    for message in messages:
        content = message.content
        if not content or not isinstance(content, str):
            return False
        if isinstance(message, UserMessage) or _answers_plainly(message):
            begun = True
        elif begun or type(message) not in _INSTRUCTIONS:
            return False
    return True


def _answers_plainly(message: Message) -> bool:
    return isinstance(message, AssistantMessage) and not message.tool_calls


def are_turns_in_order(messages: Sequence[Message], *, may_end_with_calls: bool) -> bool:
    """Return whether instructions lead, and every tool message answers a call and every call is.

    Calls at the very end are what the model is to learn, if they may stand there.
    """
    return _instructions_lead(messages) and _calls_are_answered(
        messages, may_end_with_calls=may_end_with_calls
    )


def _instructions_lead(messages: Sequence[Message]) -> bool:
    conversation = dropwhile(_INSTRUCTIONS.__contains__, map(type, messages))
    return _INSTRUCTIONS.isdisjoint(conversation)


def _calls_are_answered(messages: Sequence[Message], *, may_end_with_calls: bool) -> bool:
    awaited: set[str] = set()
    for message in messages:
        if isinstance(message, ToolMessage):
            if message.tool_call_id not in awaited:
                return False
            awaited.remove(message.tool_call_id)
            continue
        if awaited:
            return False
        if isinstance(message, AssistantMessage) and message.tool_calls:
            awaited = {call.id for call in message.tool_calls}
            if len(awaited) != len(message.tool_calls):
                return False
    return not awaited or (may_end_with_calls and isinstance(messages[-1], AssistantMessage))
