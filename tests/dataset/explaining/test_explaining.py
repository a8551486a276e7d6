"""Laws: what is passed over because it is plainly right is what nothing would be said of."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect as types

from ftops.dataset.explaining.broken_rules import Json, explain_chat, is_plain_talk
from ftops.dataset.explaining.shape import explain_by
from ftops.dataset.formats import (
    Format,
    ImagePart,
    Message,
    RefusalPart,
    TextPart,
    ToolCall,
)
from tests.dataset.rows import ANSWER, ASK, CALL, SAY, mutated_lines

ALONE_AND_LISTED = [
    (explain_by(types.type_info(kind)), explain_by(types.type_info(list[kind])))  # type: ignore[valid-type]
    for kind in (Message, TextPart | ImagePart, TextPart | RefusalPart, ToolCall, str)
]


def lists_in(value: object) -> Iterator[list[Any]]:
    match value:
        case dict():
            yield from (found for member in value.values() for found in lists_in(member))
        case list():
            yield value
            yield from (found for member in value for found in lists_in(member))
        case _:
            pass


@given(mutated_lines())
@settings(max_examples=400, deadline=None)
def test_a_list_is_explained_as_each_of_its_members_alone(case: tuple[bytes, Format]) -> None:
    try:
        row = msgspec.json.decode(case[0])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    for members in lists_in(row):
        for explain_alone, explain_listed in ALONE_AND_LISTED:
            alone = [
                finding
                for index, member in enumerate(members)
                for finding in explain_alone(member, f"some[{index}]")
            ]
            assert list(explain_listed(members, "some")) == alone


SYSTEM = {"role": "system", "content": "Be kind."}
UNLEARNED = {**SAY, "weight": 0}
ROLES: list[object] = ["tool", "function", "human", [], None]
TURNS: list[Json] = [
    *(SYSTEM, ASK, SAY, UNLEARNED, CALL, ANSWER, {}),
    *({**ASK, "content": content} for content in ("", [], None, 1, [{"type": "text", "text": ""}])),
    *({**SAY, "role": role} for role in ROLES),
    *({**SAY, "weight": weight} for weight in (1, False, 0.0, "0")),
    {**SAY, "tool_calls": "none"},
]


@given(st.lists(st.sampled_from(TURNS), max_size=5))
@settings(max_examples=400, deadline=None)
def test_no_rule_is_broken_by_plain_talk(messages: list[Json]) -> None:
    assert not is_plain_talk(messages) or list(explain_chat(messages)) == []


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([SYSTEM, ASK, SAY], id="most rows"),
        pytest.param([SAY], id="an answer alone"),
        pytest.param([ASK, UNLEARNED, ASK, SAY], id="the last answer is learned"),
        pytest.param([ASK, {**SAY, "weight": 2}], id="a weight that is none"),
    ],
)
def test_most_talk_is_plain(messages: list[Json]) -> None:
    assert is_plain_talk(messages)
