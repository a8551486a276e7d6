"""A row's one spelling, and what may be put before it: equal rows become equal bytes."""

from typing import Any, assert_never

import msgspec
from msgspec.structs import replace

from ftops.dataset.formats import (
    ChatRow,
    DeveloperMessage,
    Message,
    PreferenceRow,
    ReinforcementRow,
    Row,
    SystemMessage,
)


def canonical_bytes(row: Row, whole: object) -> bytes:
    """Return the row on one line: keys in the format's order, no spaces, plain UTF-8.

    What a tool's own schema holds keeps its order, because models are shown it. `whole` has the
    further keys of a reinforcement row; they come last, by name.
    """
    if isinstance(row, ReinforcementRow) and isinstance(whole, dict):
        told: dict[str, Any] = msgspec.to_builtins(row)
        more = {key: whole[key] for key in sorted(whole.keys() - told.keys())}
        return msgspec.json.encode(told | more) + b"\n"
    return msgspec.json.encode(row) + b"\n"


def prompt_of(row: Row) -> list[Message]:
    """Return the messages that a row begins with."""
    return row.input.messages if isinstance(row, PreferenceRow) else row.messages


def messages_of(row: Row) -> list[Message]:
    """Return every message of a row, both answers of a preference included."""
    match row:
        case ChatRow(messages=messages) | ReinforcementRow(messages=messages):
            return messages
        case PreferenceRow(input=prompt, preferred_output=liked, non_preferred_output=other):
            return [*prompt.messages, *liked, *other]
        case _:
            assert_never(row)


def with_system(row: Row, text: str) -> Row:
    """Return the row beginning with a system prompt; one that has instructions stays as it is."""
    messages = prompt_of(row)
    if any(isinstance(one, SystemMessage | DeveloperMessage) for one in messages):
        return row
    more: list[Message] = [SystemMessage(content=text), *messages]
    if isinstance(row, PreferenceRow):
        return replace(row, input=replace(row.input, messages=more))
    return replace(row, messages=more)
