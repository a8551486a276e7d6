"""One rule counts tokens everywhere: figures of quality agree with stats and with checks."""

import io
import json
from typing import Any, Final

import pytest

from ftops.dataset.check import check_files
from ftops.dataset.counting.tally import BY_LENGTH, Counting, counting_for
from ftops.dataset.counting.tokens import PER_EXAMPLE
from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.figures import QualityFigures
from ftops.dataset.quality.reading import read_sides
from ftops.dataset.stats import count_stats
from tests.dataset.quality.rows import chat, goods

EXACT: Final = counting_for("gpt-4.1-mini-2025-04-14")
CALL: Final = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "look_up", "arguments": '{"order": "A-1"}'},
}
TOOLS: Final = {
    "messages": [
        {"role": "user", "content": "Where is order A-1?", "name": "mira"},
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "on its way"},
        {"role": "assistant", "content": "It is on its way."},
    ],
    "tools": [{"type": "function", "function": {"name": "look_up", "parameters": {}}}],
}
PICTURE: Final = {
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "https://pictures.test/a.png"}},
            ],
        },
        {"role": "assistant", "content": "A cat."},
    ]
}
PREFERENCE: Final = {
    "input": {"messages": [{"role": "user", "content": "Where is my parcel?"}]},
    "preferred_output": [{"role": "assistant", "content": "It comes tomorrow."}],
    "non_preferred_output": [{"role": "assistant", "content": "How should I know that?"}],
}
GRADED: Final = {"messages": [{"role": "user", "content": "Two and two?"}], "answer": "4"}
LONG: Final = chat(
    "Tell me all of it. " * 40, "That is the whole of it, my friend. " * 30, "Be kind."
)


def file_of(rows: list[Any]) -> io.BytesIO:
    return io.BytesIO("".join(f"{json.dumps(row)}\n" for row in rows).encode())


def figures_of(rows: list[Any], method: str, counting: Counting) -> QualityFigures:
    return assess(read_sides([(None, file_of(rows))], None, method=method), counting).training


@pytest.mark.parametrize("counting", [BY_LENGTH, EXACT], ids=["by length", "by the vocabulary"])
@pytest.mark.parametrize(
    ("method", "rows"),
    [
        pytest.param("supervised", [*goods(12, "Be kind."), LONG], id="chats"),
        pytest.param("supervised", [TOOLS, LONG], id="tools"),
        pytest.param("supervised", [PICTURE, LONG], id="pictures"),
        pytest.param("dpo", [PREFERENCE], id="preferences"),
        pytest.param("reinforcement", [GRADED], id="rows for a grader"),
    ],
)
def test_quality_stats_and_checks_count_the_same(
    method: str, rows: list[Any], counting: Counting
) -> None:
    figures = figures_of(rows, method, counting)
    stats = count_stats([(None, file_of(rows))], method=method, counting=counting)
    checked = check_files([(None, file_of(rows))], method=method, counting=counting)
    assert (figures.tokens.least, figures.tokens.most) == (stats.tokens.least, stats.tokens.most)
    assert checked.tokens == stats.tokens.total
    assert figures.tokens_exact == stats.tokens_exact == checked.tokens_exact
    assert {one.role: one.messages for one in figures.roles} == stats.roles


def test_the_roles_add_up_to_the_rows() -> None:
    rows = [*goods(9, "Be kind."), LONG]
    total = count_stats([(None, file_of(rows))], method="supervised", counting=EXACT).tokens.total
    figures = figures_of(rows, "supervised", EXACT)
    assert sum(one.tokens for one in figures.roles) + PER_EXAMPLE * len(rows) == total


def test_an_answer_has_the_tokens_of_its_words() -> None:
    figures = figures_of([chat("Well?", "amber basket")], "supervised", EXACT)
    assert figures.answer_tokens.most == len(["amber", " basket"])
