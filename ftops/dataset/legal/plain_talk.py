"""Plain talk: rows of texts alone, with weights perhaps, and a quick yes to them by counting.

A message that says something has four strings at least: `role`, which one, `content` and the text.
A line with exactly so many, and one for `messages`, has no key twice: the decoder lets the last of
two win and says nothing. Quotes within texts and weights are counted only where some are left over.
"""

from collections.abc import Sequence
from itertools import dropwhile
from operator import attrgetter
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ftops.dataset.legal.turns import ORDERS_REMEMBERED

Text = Annotated[str, Meta(min_length=1)]


class Lean(Struct, gc=False, forbid_unknown_fields=True):
    """As in `formats`; fewer fields are read faster."""


class PlainSystem(Lean, tag_field="role", tag="system"):
    """The instructions."""

    content: Text


class PlainDeveloper(Lean, tag_field="role", tag="developer"):
    """The instructions, as reasoning models call them."""

    content: Text


class PlainUser(Lean, tag_field="role", tag="user"):
    """What is asked."""

    content: Text


class PlainAnswer(Lean, tag_field="role", tag="assistant"):
    """What is to be learned, unless its weight is 0."""

    content: Text
    weight: Literal[0, 1] | UnsetType = UNSET


PlainMessage = PlainSystem | PlainDeveloper | PlainUser | PlainAnswer


class PlainRow(Lean):
    """A conversation in texts."""

    messages: Annotated[list[PlainMessage], Meta(min_length=1)]


MARKS_OF_A_MESSAGE: Final = 8
MARKS_OF_A_KEY: Final = 2
"""The quotes around what any message has that says something, and around one more key."""

decode_plain = msgspec.json.Decoder(PlainRow).decode
texts_of = attrgetter("content")

INSTRUCTIONS: Final = frozenset[type]({PlainSystem, PlainDeveloper})
_TALK: Final = frozenset[type]({PlainUser, PlainAnswer})

Talk = tuple[int, bool, None]
"""What is seen of a row: how many answers are learned, and no pictures."""

Order = tuple[int, Talk | None]
"""How many quotes there are around the strings of a row that takes turns so, and what is seen of
it; nothing if turns may not be taken so."""

ORDERS: Final[dict[tuple[type[PlainMessage], ...], Order]] = {}


def remember_order(kinds: tuple[type[PlainMessage], ...]) -> Order:
    """Return what `ORDERS` is to know of turns that it has not seen."""
    talk = dropwhile(INSTRUCTIONS.__contains__, kinds)
    in_order = kinds[-1] is PlainAnswer and _TALK.issuperset(talk)
    marks = MARKS_OF_A_KEY + MARKS_OF_A_MESSAGE * len(kinds)
    order = marks, (kinds.count(PlainAnswer), False, None) if in_order else None
    if len(ORDERS) < ORDERS_REMEMBERED:
        ORDERS[kinds] = order
    return order


def see_despite(left: int, seen: Talk, messages: Sequence[PlainMessage]) -> Talk | None:
    """Return what is seen of a row if the quotes left are those of weights, nothing if not."""
    if not left:
        return seen
    weights = [message.weight for message in messages if type(message) is PlainAnswer]
    left -= MARKS_OF_A_KEY * (len(weights) - weights.count(UNSET))
    learned = 0 if left else len(weights) - weights.count(0)
    return (learned, False, None) if learned else None
