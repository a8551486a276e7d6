from typing import Any

import pytest

from ftops.trainer.recipes.nano.conversations import (
    Line,
    count_images,
    lines,
    message_text,
    pair,
    row_lines,
    turns,
)

IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
CALL = {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        pytest.param({"content": "hello"}, "hello", id="plain text"),
        pytest.param({"content": None}, "", id="no content"),
        pytest.param({}, "", id="no content key"),
        pytest.param(
            {"content": [{"type": "text", "text": "a"}, IMAGE, {"type": "text", "text": "b"}]},
            "ab",
            id="text parts joined, an image left out",
        ),
        pytest.param({"content": ["a", "b", 3]}, "ab", id="bare strings as parts"),
        pytest.param({"content": None, "refusal": "no"}, "no", id="a refusal"),
        pytest.param(
            {"content": [{"type": "refusal", "refusal": "no"}]}, "no", id="a refusal as a part"
        ),
        pytest.param(
            {"content": "see", "function_call": {"name": "f"}},
            'see\n{"function_call": {"name": "f"}}',
            id="an old function call as JSON",
        ),
    ],
)
def test_a_message_says(message: dict[str, Any], text: str) -> None:
    assert message_text(message) == text


def test_tool_calls_are_rendered_as_json() -> None:
    assert '"name": "look"' in message_text({"content": None, "tool_calls": [CALL]})


def test_roles_have_one_name_each() -> None:
    told = lines(
        [
            {"role": "developer", "content": "d"},
            {"role": "function", "content": "f"},
            {"content": "u"},
        ]
    )
    assert [line.role for line in told] == ["system", "tool", "user"]


def test_each_weighted_answer_is_a_turn_with_what_came_before() -> None:
    row = {
        "messages": [
            {"role": "user", "content": "q1"},
            {"role": "assistant", "content": "a1", "weight": 0},
            {"role": "user", "content": "q2"},
            {"role": "assistant", "content": "a2", "weight": 1},
            {"role": "user", "content": "q3"},
            {"role": "assistant", "content": "a3"},
        ]
    }
    learned = turns(row)
    assert [turn.answer for turn in learned] == ["a2", "a3"]
    assert learned[0].context == (Line("user", "q1"), Line("assistant", "a1"), Line("user", "q2"))
    assert len(learned[1].context) == 5


def test_a_row_without_messages_teaches_nothing() -> None:
    assert turns({}) == []


PREFERENCE = {
    "input": {"messages": [{"role": "user", "content": [IMAGE, {"type": "text", "text": "q"}]}]},
    "preferred_output": [{"role": "assistant", "content": "good"}],
    "non_preferred_output": [{"role": "assistant", "content": "bad"}],
}


def test_a_preference_is_a_turn_and_a_worse_answer() -> None:
    found = pair(PREFERENCE)
    assert (found.good.answer, found.rejected) == ("good", "bad")
    assert found.good.context == (Line("user", "q"),)


def test_all_a_row_says_is_counted() -> None:
    assert [line.text for line in row_lines(PREFERENCE)] == ["q", "good", "bad"]


def test_images_are_counted() -> None:
    assert count_images([PREFERENCE, {"messages": [{"role": "user", "content": [IMAGE]}]}]) == 2
