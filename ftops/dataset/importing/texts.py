"""What a record's keys hold: texts, lists that may be written as JSON, a system prompt."""

from typing import Any, Final

import msgspec

from ftops.dataset.importing.record import Fields, UnconvertibleError

SYSTEM_KEYS: Final = ("system", "system_prompt")

_decode_list = msgspec.json.Decoder(list[dict[str, Any]]).decode


def is_there(value: object) -> bool:
    """Say whether a key holds anything: a table has every column in every row."""
    return value is not None and value != ""


def text_of(fields: Fields, name: str) -> str:
    """Return a text without the blanks around it, which older formats asked for."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise UnconvertibleError(f"its {name} is no text")
    return value.strip()


def listed(said: object) -> object:
    """Return the objects that a text lists in JSON, as a table's cell does; all else as it is."""
    if not isinstance(said, str):
        return said
    try:
        return _decode_list(said)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return said


def system_of(fields: Fields) -> list[dict[str, Any]]:
    """Return the record's own system prompt as a message, if it has one."""
    for key in SYSTEM_KEYS:
        if is_there(fields.get(key)):
            return [{"role": "system", "content": text_of(fields, key)}]
    return []
