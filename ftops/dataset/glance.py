"""The quick yes to a row: legal, and nothing at all to say of it.

Most rows are plain talk, and told by counting. A message that says something has four strings at
least: `role`, which one, `content` and the text. A line with exactly so many strings, and one for
`messages`, has nothing else in it: no other key, no key twice, no parts, no tools.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Final

import msgspec
from msgspec import UNSET

from ftops.dataset.formats import AssistantMessage, ChatRow, Format, Message, Row
from ftops.dataset.pictures import shows_images
from ftops.dataset.repeats import has_odd_quotes, is_too_deep, repeats_a_key
from ftops.dataset.rows import UNREADABLE, decode_row
from ftops.dataset.rules import count_learned, is_beyond_reproach, is_learned
from ftops.dataset.turns import ORDERS_REMEMBERED, are_plain_turns

Seen = tuple[Row, int, bool, list[str] | None]
"""The row, how many of its messages are learned, whether it shows pictures; its texts, if it has
nothing else."""

Glance = Callable[[bytes], Seen | None]

_MARKS_OF_A_MESSAGE: Final = 8
_MARKS_OF_A_ROW: Final = 2
_MARKS_OF_A_WEIGHT: Final = 2
"""The quotes around `messages`, around what any message has that says something, and `weight`."""

_ORDERS: Final[dict[tuple[type[Message], ...], int]] = {}
"""How many answers plain talk has that takes turns so."""

_decode_chat = msgspec.json.Decoder(ChatRow).decode
_content = attrgetter("content")


def glance_at_chat(line: bytes) -> Seen | None:
    """Return what is seen of a chat row beyond reproach; nothing for all others."""
    try:
        row = _decode_chat(line)
    except UNREADABLE:
        return None
    messages = row.messages
    kinds = tuple(map(type, messages))
    learned = _ORDERS.get(kinds)
    if learned is None:
        learned = _count_answers(kinds)
    if learned:
        texts = list(map(_content, messages))
        left = line.count(b'"') - _MARKS_OF_A_ROW - _MARKS_OF_A_MESSAGE * len(texts)
        if left:
            learned = _count_despite(left, row, texts, line)
        if learned and all(texts):
            return row, learned, False, texts
    return _look_closely(row, row, line)


def _glance_at_other(row_format: Format, line: bytes) -> Seen | None:
    decoded = decode_row(line, row_format)
    return None if decoded is None else _look_closely(*decoded, line)


GLANCES: Final[Mapping[Format, Glance]] = {
    Format.CHAT: glance_at_chat,
    Format.PREFERENCE: partial(_glance_at_other, Format.PREFERENCE),
    Format.REINFORCEMENT: partial(_glance_at_other, Format.REINFORCEMENT),
}


def _count_answers(kinds: tuple[type[Message], ...]) -> int:
    """Return how many answers there are, if plain talk comes in this order and ends with one."""
    in_order = kinds[-1] is AssistantMessage and are_plain_turns(kinds)
    answers = kinds.count(AssistantMessage) if in_order else 0
    if len(_ORDERS) < ORDERS_REMEMBERED:
        _ORDERS[kinds] = answers
    return answers


def _count_despite(left: int, row: ChatRow, texts: Sequence[str], line: bytes) -> int:
    """Return how many messages are learned, if the quotes left are of texts and weights alone."""
    try:
        left -= "".join(texts).count('"')
    except TypeError:
        return 0
    if left < 0 or has_odd_quotes(line):
        return 0
    answers = [message for message in row.messages if isinstance(message, AssistantMessage)]
    if left:
        left -= _MARKS_OF_A_WEIGHT * sum(answer.weight is not UNSET for answer in answers)
    return 0 if left else sum(map(is_learned, answers))


def _look_closely(row: Row, whole: object, line: bytes) -> Seen | None:
    if is_too_deep(line, whole) or repeats_a_key(line, whole) or not is_beyond_reproach(row):
        return None
    return row, count_learned(row), shows_images(row), None
