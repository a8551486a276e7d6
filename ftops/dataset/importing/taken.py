"""Which keys of a record become part of its row: of the others a report tells."""

from collections.abc import Iterator, Mapping
from typing import Final

from ftops.dataset.importing.chats import MESSAGE_KEYS, ROW_KEYS
from ftops.dataset.importing.preferences import prompt_key
from ftops.dataset.importing.record import Fields
from ftops.dataset.importing.shapes import TALKS, Shape, pair_in
from ftops.dataset.importing.texts import SYSTEM_KEYS

_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})


def keys_left_out(fields: Fields, shape: Shape) -> Iterator[str]:
    """Yield the keys, of the record and of its messages, that hold something and are not taken."""
    taken = {*_taken(fields, shape)}
    for key, value in fields.items():
        if key not in taken and value not in _NOTHING:
            yield key
    messages = fields.get("messages")
    if shape is Shape.CHAT and isinstance(messages, list):
        yield from {
            f"messages[].{key}"
            for one in messages
            if isinstance(one, Mapping)
            for key, value in one.items()
            if key not in MESSAGE_KEYS and value not in _NOTHING
        }


def keys_beside(fields: Fields, pair: tuple[str, str]) -> Iterator[str]:
    """Yield those that hold something beside a prompt and a completion that were named."""
    taken = {*SYSTEM_KEYS, *(key.casefold() for key in pair)}
    for key, value in fields.items():
        if key.casefold() not in taken and value not in _NOTHING:
            yield key


def _taken(fields: Fields, shape: Shape) -> Iterator[str]:
    if shape is Shape.CHAT:
        yield from ROW_KEYS
        return
    yield from SYSTEM_KEYS
    if shape is Shape.SHAREGPT:
        yield from TALKS
    elif shape is Shape.ALPACA:
        yield from ("instruction", "input", "context", "history")
        yield "output" if "output" in fields else "response"
    elif shape is Shape.PREFERENCE:
        yield from ("chosen", "rejected", prompt_key(fields) or "prompt")
    else:
        yield from pair_in(fields) or ()
