"""How many tokens a row has, where the provider cuts, and how often auto reads a file.

The overhead is the provider's cookbook rule: 3 a message (its role word makes it 4), 1 more for a
name, 3 an example. Tools and calls have no published rule and are counted as their JSON; images by
the rule for reading them; of a preference both answers. What has no published rule is no exact
count, and neither is a text estimated by its length. Measured against the o200k vocabulary
that is within 8 % for English, French, German and Spanish prose and for Python source; 20 to 30 %
low for Polish, Turkish and Korean, 35 to 40 % low for Chinese and Japanese, 40 to 65 % high for
Russian and Hindi, and half of the truth for dense JSON full of numbers. Whole files of short
English chats came out within 4 %.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, assert_never

import msgspec

from ftops.dataset.counting.image_tokens import image_tokens
from ftops.dataset.counting.vocabulary import CountText
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
    Said,
    SystemMessage,
    ToolMessage,
)

PER_MESSAGE: Final = 4
PER_NAME: Final = 1
PER_EXAMPLE: Final = 3

_REMEMBERED: Final = 256
"""So many system prompts and tool lists are counted once: rows repeat them."""

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


def estimate_tokens(text: str) -> int:
    """Return about how many tokens the text has: 1 for 4.6 characters, 0.15 a byte beyond ASCII."""
    characters = len(text)
    beyond = 0 if text.isascii() else len(text.encode()) - characters
    return -(-(100 * characters + 69 * beyond) // 460)


class RowCounter:
    """Counts rows; `is_published` falls for good with the first row that no public rule covers."""

    def __init__(self, count: CountText = estimate_tokens) -> None:
        self._count_text = count
        self._count_repeated = lru_cache(_REMEMBERED)(count)
        self.is_published = True

    def count(self, said: Said) -> int:
        """Return how many tokens the row has; of a preference, both answers count."""
        if isinstance(said, list):
            return self._count_talk(said)
        beside, each = self.count_each(said)
        return beside + sum(each)

    def count_each(self, row: Row) -> tuple[int, list[int]]:
        """Return the tokens beside the messages, and each message's; of a preference both answers'.

        A message's tokens hold what it costs to be one; without `PER_MESSAGE` they are its words'.
        """
        match row:
            case ChatRow(messages=messages, tools=tools, functions=functions):
                more = self._count_json(tools) + self._count_json(functions)
            case ReinforcementRow(messages=messages, tools=tools):
                more = self._count_json(tools)
            case PreferenceRow(input=prompt, preferred_output=liked, non_preferred_output=other):
                messages = [*prompt.messages, *liked, *other]
                more = self._count_json(prompt.tools)
                self.is_published = False
            case _:
                assert_never(row)
        return PER_EXAMPLE + more, [self._count_message(one) for one in messages]

    def _count_talk(self, texts: Sequence[str]) -> int:
        """Count messages that are only texts; many rows begin with the same one."""
        first, *others = texts
        said = self._count_repeated(first) + sum(map(self._count_text, others))
        return PER_EXAMPLE + PER_MESSAGE * len(texts) + said

    def _count_message(self, message: Message) -> int:
        content = message.content
        count = PER_MESSAGE
        if isinstance(content, str):
            is_repeated = isinstance(message, SystemMessage)
            count += self._count_repeated(content) if is_repeated else self._count_text(content)
        elif isinstance(content, list):
            count += self._count_parts(content)
        if isinstance(message, ToolMessage):
            self.is_published = False
            return count + self._count_text(message.tool_call_id)
        if isinstance(message, AssistantMessage):
            count += self._count_more(message)
        elif isinstance(message, FunctionMessage):
            self.is_published = False
        return count + PER_NAME + self._count_text(message.name) if message.name else count

    def _count_more(self, answer: AssistantMessage) -> int:
        count = self._count_text(answer.refusal) if answer.refusal else 0
        return count + self._count_json(answer.tool_calls) + self._count_json(answer.function_call)

    def _count_parts(self, parts: Sequence[object]) -> int:
        # How several parts are joined is not published.
        self.is_published &= len(parts) == 1
        return sum(map(self._count_part, parts))

    def _count_part(self, part: object) -> int:
        match part:
            case ImagePart(image_url=image):
                self.is_published = False
                return image_tokens(image)
            case RefusalPart(refusal=refusal):
                return self._count_text(refusal)
            case _:
                return self._count_text(getattr(part, "text", ""))

    def _count_json(self, value: object) -> int:
        if not value:
            return 0
        self.is_published = False
        return self._count_repeated(msgspec.json.encode(value).decode())


def context_limit(base_model: str) -> int | None:
    """Return how many tokens of an example are trained on, or nothing for a base not known."""
    base = base_model.removeprefix("ft:").partition(":")[0]
    return _CONTEXT_LIMITS.get(base) or _CONTEXT_LIMITS.get(_DATE.sub("", base))
