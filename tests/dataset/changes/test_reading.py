import hashlib
import json

import pytest

from ftops.dataset.changes import read_placed as reading
from ftops.dataset.changes.read_placed import read_placed
from ftops.dataset.changes.row_index import NOTHING, PlacedRows, TooManyRowsError

FILES = ("a.jsonl", "b.jsonl")


def row(asked: str, said: str, **more: object) -> bytes:
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    return json.dumps({"messages": messages, **more}).encode() + b"\n"


def read(*lines: bytes, method: str = "supervised") -> PlacedRows:
    placed = [(number % 2, number + 1, line) for number, line in enumerate(lines)]
    return read_placed(placed, FILES, method)


def test_digests_are_those_of_every_index_that_was_ever_kept() -> None:
    """If these move, raise INDEX_SCHEMA: kept indexes would call every row edited."""
    index = read(row("Hi?", "Hello.")).index
    assert (index.rows[0], index.prompts[0], index.answers[0]) == (
        8951459242416948528,
        10490934035809291822,
        15263696414645479962,
    )


def test_spaces_and_key_order_make_no_other_row() -> None:
    plain = b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'
    other = (
        b'\xef\xbb\xbf {"messages": [{"content": "a", "role": "user"}, '
        b'{"role": "assistant", "content": "\\u0062"}]} \r\n'
    )
    index = read(plain, other).index
    assert index.rows[0] == index.rows[1]


def test_prompt_and_answer_have_digests_of_their_own() -> None:
    index = read(row("a", "1"), row("a", "2"), row("b", "1")).index
    assert len(set(index.rows)) == 3
    assert index.prompts[0] == index.prompts[1] != index.prompts[2]
    assert index.answers[0] == index.answers[2] != index.answers[1]


def test_tools_belong_to_the_prompt() -> None:
    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}
    index = read(row("a", "1"), row("a", "1", tools=[tool])).index
    assert index.prompts[0] != index.prompts[1]


def test_what_graders_compare_with_is_a_reinforcement_row_s_answer() -> None:
    asked = {"messages": [{"role": "user", "content": "a"}]}
    lines = [json.dumps({**asked, **more}).encode() for more in ({}, {"x": 1}, {"x": 2})]
    index = read(*lines, method="reinforcement").index
    assert index.prompts[0] == index.prompts[1] == index.prompts[2]
    assert index.answers[0] == NOTHING
    assert index.answers[1] != index.answers[2]


def test_a_row_of_another_format_is_only_like_itself() -> None:
    index = read(b'{"prompt": "a"}', b'{"prompt": "b"}').index
    assert index.rows[0] != index.rows[1]
    assert list(index.prompts) == list(index.answers) == [NOTHING, NOTHING]


def test_rows_know_their_place_and_blank_lines_are_none() -> None:
    lines = (row("a", "1"), b"\n", row("b", "2"), row("c", "3"))
    placed = read(*lines)
    assert [placed.place(at) for at in range(len(placed.index))] == [
        ("a.jsonl", 1),
        ("a.jsonl", 3),
        ("b.jsonl", 4),
    ]
    assert placed.digest == hashlib.sha256(b"".join(lines)).hexdigest()


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert len(read(row("a", "1"), row("b", "2")).index) == 2
    with pytest.raises(TooManyRowsError):
        read(row("a", "1"), row("b", "2"), row("c", "3"))
