"""The quick yes to rows: legal, and nothing at all to say of them.

Most chat rows are plain talk, and told by counting; where tools are called there is more to count,
and with parts, names or refusals all that was read is written again to compare.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from ftops.dataset.formats import Format, Said
from ftops.dataset.legal.called_tools import look_at_calls
from ftops.dataset.legal.plain_talk import (
    ORDERS,
    decode_plain,
    remember_order,
    see_despite,
    texts_of,
)
from ftops.dataset.legal.quotes import MARKED, count_escaped, mark, total
from ftops.dataset.legal.repeats import is_too_deep, repeats_a_key
from ftops.dataset.legal.rules import count_learned, is_beyond_reproach
from ftops.dataset.pictures import shows_images
from ftops.dataset.rows import UNREADABLE, decode_row

Seen = tuple[int, bool, Said | None]
"""How many messages are learned, whether pictures are shown, and what is said if it was asked."""

Glance = Callable[[Iterable[bytes], int], Iterable[Seen | None]]
"""Tells what is seen of each line, nothing of those that need words; what is said is asked of lines
of more bytes than given, and may be told of others."""


def glance_at_chats(lines: Iterable[bytes], unasked: int) -> list[Seen | None]:
    """Look at chat rows, many in one go: a call for each would take as long as the look."""
    sights: list[Seen | None] = []
    for line in lines:
        try:
            messages = decode_plain(line).messages
        except UNREADABLE:
            sights.append(_look_at_calls(line, unasked))
            continue
        kinds = tuple(map(type, messages))
        marks, seen = ORDERS.get(kinds) or remember_order(kinds)
        # As `count_quotes`, without the call.
        left = total(mark(line, MARKED)) - marks
        if seen and left:
            seen = see_despite(left - count_escaped(line), seen, messages)
        if seen and len(line) > unasked:
            sights.append((seen[0], False, list(map(texts_of, messages))))
        else:
            sights.append(seen)
    return sights


def glance(line: bytes, row_format: Format) -> Seen | None:
    """Look at one line, and tell what is said."""
    (seen,) = GLANCES[row_format]([line], -1)
    return seen


def _look_at_calls(line: bytes, unasked: int) -> Seen | None:
    learned = look_at_calls(line)
    if not learned:
        return _look_closely(line, Format.CHAT)
    decoded = decode_row(line, Format.CHAT) if len(line) > unasked else None
    return learned, False, decoded and decoded[0]


def _look_closely(line: bytes, row_format: Format) -> Seen | None:
    decoded = decode_row(line, row_format)
    if decoded is None:
        return None
    row, whole = decoded
    if is_too_deep(line, whole) or repeats_a_key(line, whole) or not is_beyond_reproach(row):
        return None
    return count_learned(row), shows_images(row), row


def _glance_at_others(
    row_format: Format, lines: Iterable[bytes], unasked: int
) -> Iterator[Seen | None]:
    del unasked
    return (_look_closely(line, row_format) for line in lines)


GLANCES: Final[Mapping[Format, Glance]] = {
    Format.CHAT: glance_at_chats,
    Format.PREFERENCE: partial(_glance_at_others, Format.PREFERENCE),
    Format.REINFORCEMENT: partial(_glance_at_others, Format.REINFORCEMENT),
}
