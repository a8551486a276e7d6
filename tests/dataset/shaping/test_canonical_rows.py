"""Equal rows become equal bytes, and stay the same rows."""

import json
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from ftops.dataset.rows import decode_row
from ftops.dataset.shaping.canonical_rows import canonical_bytes, messages_of, with_system
from tests.dataset.rows import (
    ASK,
    CHAT,
    LEGAL,
    PREFERENCE,
    REINFORCEMENT,
    SAY,
    TOOL,
    TOOLED_PREFERENCE,
    Json,
    line,
    mutated_lines,
)

SYSTEM = {"role": "system", "content": "Be kind."}


def canonical(text: bytes, row_format: Format) -> bytes:
    decoded = decode_row(text, row_format)
    assert decoded is not None
    return canonical_bytes(*decoded)


def shuffled(value: Any, turn: int) -> Any:  # noqa: ANN401 any JSON
    """Return the value with the keys of messages and rows in another order."""
    if isinstance(value, list):
        return [shuffled(one, turn) for one in value]
    if not isinstance(value, dict) or "parameters" in value:
        return value
    keys = sorted(value, key=lambda key: crc32(f"{key} {turn}".encode()))
    return {key: shuffled(value[key], turn) for key in keys}


ROWS = [(row_format, row) for row_format, rows in LEGAL.items() for row in rows]


@pytest.mark.parametrize(("row_format", "row"), ROWS)
@given(turn=st.integers(), indent=st.sampled_from([None, " "]), is_ascii=st.booleans())
def test_order_spaces_and_escapes_do_not_matter(
    row_format: Format,
    row: Json,
    turn: int,
    indent: str | None,
    is_ascii: bool,  # noqa: FBT001 - drawn by name
) -> None:
    told = canonical(line(row), row_format)
    separators = (",", ":") if indent is None else (" , ", " : ")
    text = json.dumps(shuffled(row, turn), ensure_ascii=is_ascii, separators=separators)
    assert canonical(text.encode() + b"\r\n", row_format) == told
    assert canonical(told, row_format) == told
    assert json.loads(told) == row
    assert told.count(b"\n") == 1


@given(mutated_lines())
def test_a_legal_row_stays_legal_and_the_same(written: tuple[bytes, Format]) -> None:
    text, row_format = written
    if judge(text, row_format)[0] is not None:
        told = canonical(text, row_format)
        assert json.loads(told) == json.loads(text)
        assert judge(told, row_format)[0] is not None


def test_a_tool_s_own_order_is_kept() -> None:
    schemas = [{"b": 1, "a": 2}, {"a": 2, "b": 1}]
    tools = [{**TOOL, "function": {"name": "f", "parameters": one}} for one in schemas]
    told = [canonical(line({**CHAT, "tools": [tool]}), Format.CHAT) for tool in tools]
    assert told[0] != told[1]


@pytest.mark.parametrize(
    ("row_format", "row", "expected"),
    [
        pytest.param(Format.CHAT, CHAT, {"messages": [SYSTEM, ASK, SAY]}, id="a chat"),
        pytest.param(
            Format.PREFERENCE,
            PREFERENCE,
            {**PREFERENCE, "input": {"messages": [SYSTEM, ASK]}},
            id="a preference",
        ),
        pytest.param(
            Format.REINFORCEMENT,
            REINFORCEMENT,
            {**REINFORCEMENT, "messages": [SYSTEM, ASK]},
            id="a prompt with what graders want",
        ),
        pytest.param(Format.PREFERENCE, TOOLED_PREFERENCE, TOOLED_PREFERENCE, id="has its own"),
        pytest.param(
            Format.CHAT,
            {"messages": [ASK, {"role": "developer", "content": "x"}, SAY]},
            {"messages": [ASK, {"role": "developer", "content": "x"}, SAY]},
            id="has a developer's",
        ),
    ],
)
def test_a_system_prompt_is_put_before_rows_without_one(
    row_format: Format, row: Json, expected: Json
) -> None:
    decoded = decode_row(line(row), row_format)
    assert decoded is not None
    before = canonical_bytes(*decoded)
    shaped = with_system(decoded[0], "Be kind.")
    assert json.loads(canonical_bytes(shaped, decoded[1])) == expected
    assert canonical_bytes(*decoded) == before


def test_the_messages_of_a_preference_are_all_of_both_answers() -> None:
    decoded = decode_row(line(PREFERENCE), Format.PREFERENCE)
    assert decoded is not None
    assert len(messages_of(decoded[0])) == 3
