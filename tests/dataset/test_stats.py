"""Figures of a dataset in one pass."""

import hashlib
from io import BytesIO

import pytest

from ftops.dataset.check import check_stream
from ftops.dataset.counting.tally import counting_for
from ftops.dataset.stats import Longest, Range, Stats, count_stats
from tests.dataset.rows import ASK, CHAT, LEGAL, PREFERENCE, REINFORCEMENT, SAY, Json, line


def stats(*files: bytes, method: str = "supervised") -> Stats:
    named = [(f"{number}.jsonl", BytesIO(text)) for number, text in enumerate(files)]
    return count_stats(named, method=method, counting=counting_for("gpt-4.1-mini"))


def chat(turns: int) -> Json:
    return {"messages": [{"role": "system", "content": "Be kind."}, *[ASK, SAY] * turns]}


def test_rows_roles_and_turns_are_counted() -> None:
    found = stats(line(chat(1)) + line(chat(3)) + b"{}\n" + line(chat(1)))
    assert (found.rows, found.illegal_rows) == (4, 1)
    assert found.roles == {"assistant": 5, "user": 5, "system": 3}
    assert found.turns == Range(total=5, least=1, median=1, p95=3, most=3)


def test_the_longest_row_is_told_with_its_file_and_line() -> None:
    found = stats(line(CHAT) * 3, b"\xef\xbb\xbf" + line(CHAT) + b"\n" + line(chat(9)))
    assert found.longest == Longest(file="1.jsonl", line=3, tokens=found.tokens.most)
    assert found.rows == 5


@pytest.mark.parametrize(
    ("method", "row"),
    [
        pytest.param("supervised", CHAT, id="a chat"),
        pytest.param("dpo", PREFERENCE, id="a preference"),
        pytest.param("reinforcement", REINFORCEMENT, id="a prompt with what graders want"),
    ],
)
def test_digest_size_and_tokens_are_those_of_the_check(method: str, row: Json) -> None:
    text = line(row) * 12
    checked = check_stream(BytesIO(text), method=method, counting=counting_for("gpt-4.1-mini"))
    found = stats(text, method=method)
    assert (found.digest, found.size) == (hashlib.sha256(text).hexdigest(), len(text))
    assert (found.tokens.total, found.tokens.most) == (checked.tokens, checked.longest_tokens)
    assert (found.rows, found.tokens_exact) == (checked.examples, checked.tokens_exact)


def test_every_legal_row_is_counted() -> None:
    rows = [row for some in LEGAL.values() for row in some]
    text = b"".join(map(line, rows))
    counted = [stats(text, method=method) for method in ("supervised", "dpo", "reinforcement")]
    assert all(one.rows == len(rows) for one in counted)


def test_a_file_without_a_legal_row_has_no_longest() -> None:
    found = stats(b"nonsense\n")
    nothing = Range(total=0, least=0, median=0, p95=0, most=0)
    assert (found.rows, found.longest, found.tokens, found.turns) == (1, None, nothing, nothing)
