"""What a row must keep beyond its shape, as a quick yes or no on typed rows.

`broken_rules`, `broken_turns` and `broken_pictures` say the same in words.
"""

from collections.abc import Sequence
from typing import assert_never

from ftops.dataset.formats import (
    AssistantMessage,
    ChatRow,
    FunctionMessage,
    ImagePart,
    Message,
    PreferenceRow,
    RefusalPart,
    ReinforcementRow,
    Row,
    ToolMessage,
)
from ftops.dataset.legal.turns import are_turns_in_order
from ftops.dataset.pictures import are_pictures_fine, images_of


def is_beyond_reproach(row: Row) -> bool:
    """Return whether nothing at all is to be said of the row, not even a warning."""
    match row:
        case ChatRow(messages=messages):
            answered = isinstance(messages[-1], AssistantMessage)
            return answered and any(map(is_learned, messages)) and _is_fine(messages)
        case ReinforcementRow(messages=messages):
            answered = isinstance(messages[-1], AssistantMessage)
            return not answered and _is_fine(messages)
        case PreferenceRow(input=prompt, preferred_output=preferred, non_preferred_output=other):
            messages = [*prompt.messages, *preferred, *other]
            one_each = _is_one_answer(preferred) and _is_one_answer(other)
            return (
                one_each
                and _all_have_content(messages)
                and are_turns_in_order(prompt.messages, may_end_with_calls=False)
                and not images_of(messages)
            )
        case _:
            assert_never(row)


def is_learned(message: Message) -> bool:
    """Return whether supervised training learns to say this message."""
    return isinstance(message, AssistantMessage) and message.weight != 0


def count_learned(row: Row) -> int:
    """Count the messages that the file itself teaches; a reinforced model writes its own."""
    match row:
        case ChatRow(messages=messages):
            answers = [one for one in messages if isinstance(one, AssistantMessage)]
            return sum(answer.weight != 0 for answer in answers)
        case PreferenceRow():
            return 1
        case ReinforcementRow():
            return 0
        case _:
            assert_never(row)


def _is_one_answer(output: Sequence[Message]) -> bool:
    return len(output) == 1 and isinstance(output[0], AssistantMessage)


def _is_fine(messages: Sequence[Message]) -> bool:
    return (
        _all_have_content(messages)
        and are_turns_in_order(messages, may_end_with_calls=True)
        and are_pictures_fine(messages)
    )


def _all_have_content(messages: Sequence[Message]) -> bool:
    for message in messages:
        content = message.content
        # Most contents are plain texts: they are told here, at the price of a line.
        if not (content and isinstance(content, str)) and not _has_other_content(message):
            return False
    return True


def _has_other_content(message: Message) -> bool:
    match message:
        case ToolMessage() | FunctionMessage():
            return True
        case AssistantMessage(tool_calls=tools, function_call=call, refusal=refusal):
            return bool(tools or call or refusal) or _has_full_part(message.content)
        case _:
            return _has_full_part(message.content)


def _has_full_part(content: object) -> bool:
    return isinstance(content, list) and not all(map(_is_empty_part, content))


def _is_empty_part(part: object) -> bool:
    match part:
        case ImagePart():
            return False
        case RefusalPart(refusal=refusal):
            return not refusal
        case _:
            return not getattr(part, "text", "")
