"""How many tokens a row has by estimate, where the provider cuts, and how often auto reads a file.

The overhead is the provider's cookbook rule: 3 a message (its role word makes it 4), 1 more for a
name, 3 an example. The texts are estimated from their length. Measured against the o200k vocabulary
that is within 8 % for English, French, German and Spanish prose and for Python source; 20 to 30 %
low for Polish, Turkish and Korean, 35 to 40 % low for Chinese and Japanese, 40 to 65 % high for
Russian and Hindi, and half of the truth for dense JSON full of numbers. Tools and images have no
published rule; they are counted as their JSON and by a flat figure. Whole files of short English
chats came out within 4 %.
"""

import re
from typing import Final, assert_never

import msgspec

from ftops.dataset.formats import (
    AssistantMessage,
    ChatRow,
    ImagePart,
    Message,
    PreferenceRow,
    RefusalPart,
    ReinforcementRow,
    Row,
    ToolMessage,
)

PER_MESSAGE: Final = 4
PER_NAME: Final = 1
PER_EXAMPLE: Final = 3
LOW_DETAIL_IMAGE: Final = 85
OTHER_IMAGE: Final = 765

_CONTEXT_LIMITS: Final = {
    "gpt-4.1": 65_536,
    "gpt-4.1-mini": 65_536,
    "gpt-4.1-nano": 65_536,
    "gpt-4o": 65_536,
    "gpt-4o-mini": 65_536,
    "gpt-3.5-turbo": 16_385,
    "gpt-3.5-turbo-0125": 16_385,
    "gpt-4-0613": 8_192,
}
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")

_TARGET_EPOCHS: Final = 3
_FEWEST_READINGS: Final = 100
_MOST_READINGS: Final = 25_000
_MOST_EPOCHS: Final = 25


def estimate_tokens(text: str) -> int:
    """Return about how many tokens the text has: 1 for 4.6 characters, 0.15 a byte beyond ASCII."""
    characters = len(text)
    beyond = 0 if text.isascii() else len(text.encode()) - characters
    return -(-(100 * characters + 69 * beyond) // 460)


def count_tokens(row: Row) -> int:
    """Return about how many tokens the row has; of a preference, both answers count."""
    match row:
        case ChatRow(messages=messages, tools=tools, functions=functions):
            count = _count_json(tools) + _count_json(functions)
            return PER_EXAMPLE + count + sum(map(_count_message, messages))
        case ReinforcementRow(messages=messages, tools=tools):
            return PER_EXAMPLE + _count_json(tools) + sum(map(_count_message, messages))
        case PreferenceRow(input=prompt, preferred_output=preferred, non_preferred_output=other):
            messages = [*prompt.messages, *preferred, *other]
            return PER_EXAMPLE + _count_json(prompt.tools) + sum(map(_count_message, messages))
        case _:
            assert_never(row)


def context_limit(base_model: str) -> int | None:
    """Return how many tokens of an example are trained on, or nothing for a base not known."""
    base = base_model.removeprefix("ft:").partition(":")[0]
    return _CONTEXT_LIMITS.get(base) or _CONTEXT_LIMITS.get(_DATE.sub("", base))


def auto_epochs(examples: int) -> int:
    """Return the epochs that `auto` is expected to become (the cookbook's rule)."""
    if _TARGET_EPOCHS * examples < _FEWEST_READINGS:
        return min(_MOST_EPOCHS, _FEWEST_READINGS // max(1, examples))
    if _TARGET_EPOCHS * examples > _MOST_READINGS:
        return max(1, _MOST_READINGS // examples)
    return _TARGET_EPOCHS


def _count_message(message: Message) -> int:
    content = message.content
    count = PER_MESSAGE
    if isinstance(content, str):
        count += estimate_tokens(content)
    elif isinstance(content, list):
        count += sum(map(_count_part, content))
    if isinstance(message, ToolMessage):
        return count + estimate_tokens(message.tool_call_id)
    if isinstance(message, AssistantMessage):
        count += _count_more(message)
    return count + PER_NAME + estimate_tokens(message.name) if message.name else count


def _count_more(answer: AssistantMessage) -> int:
    count = estimate_tokens(answer.refusal) if answer.refusal else 0
    if answer.tool_calls:
        count += _count_json(answer.tool_calls)
    return count + _count_json(answer.function_call) if answer.function_call else count


def _count_part(part: object) -> int:
    match part:
        case ImagePart(image_url=image):
            return LOW_DETAIL_IMAGE if image.detail == "low" else OTHER_IMAGE
        case RefusalPart(refusal=refusal):
            return estimate_tokens(refusal)
        case _:
            return estimate_tokens(getattr(part, "text", ""))


def _count_json(value: object) -> int:
    return estimate_tokens(msgspec.json.encode(value).decode()) if value else 0
