"""Rows of one training method as rows of another."""

import json
from io import BytesIO

import pytest

from ftops.dataset.check import check_stream
from ftops.dataset.importing.convert import Conversion, records_of, to_method
from ftops.dataset.importing.methods import Wanted
from tests.dataset.rows import (
    ASK,
    CALL,
    CHAT,
    PREFERENCE,
    REINFORCEMENT,
    SAY,
    TOOL,
    TOOLED_PREFERENCE,
    Json,
    line,
)

FUNCTION = {"name": "look_up", "parameters": {"type": "object", "properties": {}}}
GRADED = {"messages": [ASK], "reference_answer": "Good day."}


def converted(row: object, wanted: Wanted, key: str = "reference_answer") -> list[Json]:
    conversion = Conversion(to_method(wanted, key), strict=False)
    written = b"".join(conversion.rows(records_of(BytesIO(line(row)), "jsonl")))
    rows = [json.loads(one) for one in written.splitlines()]
    assert len(rows) == conversion.converted == 1 - conversion.left_out
    if rows:
        assert check_stream(BytesIO(written), method=wanted, role="validation").is_legal
        return rows
    return list(conversion.skipped)  # type: ignore[arg-type]  # reasons, for one table


@pytest.mark.parametrize(
    ("row", "wanted", "expected"),
    [
        pytest.param(PREFERENCE, "supervised", CHAT, id="the preferred answer is learned"),
        pytest.param(PREFERENCE, "reinforcement", GRADED, id="the preferred answer is compared"),
        pytest.param(CHAT, "reinforcement", GRADED, id="the last answer is compared"),
        pytest.param(GRADED, "supervised", CHAT, id="what was compared is learned"),
        pytest.param(GRADED, "reinforcement", GRADED, id="what is right stays"),
        pytest.param(CHAT, "supervised", CHAT, id="a chat stays"),
        pytest.param(
            {**CHAT, "points": 3, "tools": [TOOL]},
            "reinforcement",
            {**GRADED, "points": 3, "tools": [TOOL]},
            id="graders keep their keys, prompts their tools",
        ),
        pytest.param(
            {**CHAT, "points": 3}, "supervised", CHAT, id="learning needs no key of a grader"
        ),
        pytest.param(
            {**CHAT, "functions": [FUNCTION]},
            "supervised",
            {**CHAT, "functions": [FUNCTION]},
            id="a chat keeps its functions",
        ),
    ],
)
def test_a_row_is_turned(row: Json, wanted: Wanted, expected: Json) -> None:
    assert converted(row, wanted) == [expected]


@pytest.mark.parametrize(
    ("row", "wanted", "left"),
    [
        pytest.param({**CHAT, "points": 3}, "supervised", {"points": 1}, id="a grader's key"),
        pytest.param({**CHAT, "points": 3}, "reinforcement", {}, id="which graders keep"),
        pytest.param(GRADED, "supervised", {}, id="the answer is in the row"),
        pytest.param(PREFERENCE, "supervised", {}, id="a preference"),
        pytest.param(
            {**CHAT, "functions": [FUNCTION]}, "reinforcement", {"functions": 1}, id="functions"
        ),
    ],
)
def test_keys_that_are_in_no_row_are_counted(
    row: Json, wanted: Wanted, left: dict[str, int]
) -> None:
    conversion = Conversion(to_method(wanted, "reference_answer"))
    assert len(list(conversion.rows(records_of(BytesIO(line(row)), "jsonl")))) == 1
    assert conversion.keys_left_out == left


def test_the_answer_may_have_another_key() -> None:
    assert converted(REINFORCEMENT, "supervised", key="answer") == [CHAT]


@pytest.mark.parametrize(
    ("row", "wanted", "reason"),
    [
        pytest.param(
            REINFORCEMENT,
            "supervised",
            "it ends without an answer, and has none under reference_answer",
            id="no answer",
        ),
        pytest.param({"messages": []}, "supervised", "it has no messages", id="nothing said"),
        pytest.param(
            {**PREFERENCE, "input": {}}, "supervised", "it has no messages", id="no prompt"
        ),
        pytest.param(
            {"messages": [ASK, CALL]}, "reinforcement", "its answer is not one text", id="a call"
        ),
        pytest.param(
            {"messages": [SAY]}, "reinforcement", "it would be illegal: FT030", id="no question"
        ),
        pytest.param([1], "supervised", "it is no JSON object", id="a list"),
    ],
)
def test_what_cannot_be_turned_is_told(row: Json, wanted: Wanted, reason: str) -> None:
    [told] = converted(row, wanted)
    assert str(told).startswith(reason)


def test_tools_of_a_preference_go_along() -> None:
    [row] = converted({**TOOLED_PREFERENCE, "preferred_output": [SAY]}, "supervised")
    assert row["tools"] == [TOOL]
