"""Totals over whole datasets: exact, guessed and sampled."""

import io
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.dataset.check import Checked, check_stream
from ftops.dataset.counting import sampling
from ftops.dataset.counting.sampling import Draw
from ftops.dataset.counting.tally import BY_LENGTH, Counting, counting_for
from ftops.dataset.counting.vocabulary import CL100K, O200K, exact_counter
from ftops.dataset.formats import Said
from tests.dataset.rows import CHAT, PREFERENCE, TOOL, line, lines

WORDS = ["please", "tell", "me", "where", "order", "4711", "订单", "заказ", "naïve", "[1, 2]"]
EXACT = counting_for("gpt-4.1")


def mixed(rows: int, seed: int = 1) -> bytes:
    """Rows of very different lengths and scripts."""
    dice = random.Random(seed)  # noqa: S311 - sample text, not a secret
    return b"".join(line(chat(dice)) for _ in range(rows))


def chat(dice: random.Random) -> dict[str, object]:
    pool = dice.choices(WORDS, k=5)
    texts = [" ".join(dice.choices(pool, k=dice.choice([3, 30, 300]))) for _ in range(2)]
    roles = ("user", "assistant")
    return {
        "messages": [
            {"role": role, "content": text} for role, text in zip(roles, texts, strict=True)
        ]
    }


def check(content: bytes, counting: Counting, limit: int | None = None) -> Checked:
    return check_stream(io.BytesIO(content), method="supervised", limit=limit, counting=counting)


def by_hand(content: bytes) -> int:
    count = exact_counter(O200K)
    assert count is not None
    messages = [json.loads(row)["messages"] for row in content.splitlines()]
    return sum(3 + sum(4 + count(one["content"]) for one in row) for row in messages)


@pytest.mark.parametrize("limit", [None, 40])
def test_much_is_counted_the_same(limit: int | None) -> None:
    content = mixed(30)
    assert check(content, replace(EXACT, much=True), limit) == check(content, EXACT, limit)


@pytest.mark.parametrize(
    ("model", "encoding", "guess"),
    [
        pytest.param("gpt-4o-2024-08-06", O200K, False, id="4o"),
        pytest.param("gpt-3.5-turbo", CL100K, False, id="3.5"),
        pytest.param("ftops-nano", O200K, True, id="a stranger is guessed with the newest"),
        pytest.param(None, O200K, True, id="so is a model that is yet to be trained"),
    ],
)
def test_the_base_model_decides(model: str | None, encoding: str, *, guess: bool) -> None:
    counting = counting_for(model)
    assert (counting.encoding, counting.is_guess, counting.sampled) == (encoding, guess, False)


def test_plain_chats_are_counted_exactly() -> None:
    content = mixed(40)
    checked = check(content, EXACT)
    assert checked.tokens == by_hand(content)
    assert checked.tokens_exact
    assert checked.tokens_bound is None


@pytest.mark.parametrize(
    ("content", "counting"),
    [
        pytest.param(lines(10), BY_LENGTH, id="an estimate by length"),
        pytest.param(lines(10), counting_for("llama-3"), id="a guessed vocabulary"),
        pytest.param(lines(10) + line({**CHAT, "tools": [TOOL]}), EXACT, id="tools"),
    ],
)
def test_what_is_not_sure_is_not_called_exact(content: bytes, counting: Counting) -> None:
    assert not check(content, counting).tokens_exact


def test_a_preference_counts_both_answers_and_is_no_exact_bill() -> None:
    stream = io.BytesIO(line(PREFERENCE) * 10)
    checked = check_stream(stream, method="dpo", counting=EXACT)
    # "Hello?" 2, "Good day." 3, "What?" 2.
    assert checked.tokens == 10 * (3 + 4 + 2 + 4 + 3 + 4 + 2)
    assert not checked.tokens_exact


def test_one_row_is_cut() -> None:
    long = line({"messages": [{"role": "user", "content": "word " * 2000}, CHAT["messages"][1]]})
    (finding,) = check(lines(10) + long, EXACT, limit=50).findings
    assert finding.message.startswith("1 example has more than 50 tokens, and is cut there: 1,9")


def test_an_exact_cut_says_how_much_is_lost() -> None:
    long = line({"messages": [{"role": "user", "content": "word " * 100}, CHAT["messages"][1]]})
    checked = check(lines(10) + long * 2, EXACT, limit=50)
    whole = check(lines(10) + long * 2, EXACT)
    (finding,) = checked.findings
    lost = whole.tokens - checked.tokens
    assert finding.message == (
        f"2 examples have more than 50 tokens, and are cut there: {lost} tokens are lost."
    )


def test_a_sample_comes_with_a_bound_that_holds() -> None:
    content = mixed(9000)
    sampled = check(content, counting_for("gpt-4.1", sampled=True))
    truth = check(content, EXACT)
    assert sampled.digest == truth.digest
    assert not sampled.tokens_exact
    assert sampled.tokens_bound is not None
    assert 0 < sampled.tokens_bound < 0.02
    assert abs(sampled.tokens / truth.tokens - 1) <= sampled.tokens_bound
    assert sampled == check(content, counting_for("gpt-4.1", sampled=True))


def test_a_file_with_fewer_rows_than_the_sample_is_counted_whole() -> None:
    content = mixed(50)
    checked = check(content, counting_for("gpt-4.1", sampled=True))
    assert (checked.tokens, checked.tokens_bound) == (by_hand(content), None)
    assert checked.tokens_exact


def test_a_sample_respects_the_limit() -> None:
    content = mixed(4500)
    sampled = check(content, counting_for("gpt-4.1", sampled=True), limit=60)
    truth = check(content, EXACT, limit=60)
    assert sampled.tokens_bound is not None
    assert abs(sampled.tokens / truth.tokens - 1) <= sampled.tokens_bound
    assert sampled.tokens < check(content, EXACT).tokens


def test_nothing_is_sampled_from_nothing() -> None:
    checked = check(b"", counting_for("gpt-4.1", sampled=True))
    assert (checked.tokens, checked.tokens_bound) == (0, None)


def number_in(said: Said) -> int:
    assert isinstance(said, list)
    return int(said[0])


def length_of(said: Said) -> int:
    assert isinstance(said, list)
    return len(said)


def draw(seed: int, rows: list[tuple[int, int]], most: int) -> tuple[int, float]:
    drawing = Draw(number_in, most, seed)
    for place, (estimate, exact) in enumerate(rows):
        drawing.add(place, estimate, [str(exact)], 1)
    total = drawing.total()
    return total.tokens, total.bound


def test_the_bound_holds_as_often_as_it_says() -> None:
    dice = random.Random(7)  # noqa: S311 - sample figures, not a secret
    rows = [(n, round(n * dice.uniform(0.5, 2.0))) for n in dice.choices(range(10, 900), k=3000)]
    rows.sort()
    truth = sum(exact for _, exact in rows)
    draws = [draw(seed, rows, 400) for seed in range(200)]
    held = sum(abs(tokens / truth - 1) <= bound for tokens, bound in draws)
    assert held >= 0.9 * len(draws)
    assert held < len(draws)
    assert all(0.01 < bound < 0.06 for _, bound in draws)


def test_every_row_is_drawn_as_often_as_any_other() -> None:
    kept = [0] * 60
    for seed in range(600):
        drawing = Draw(number_in, 20, seed)
        for row in range(60):
            drawing.add(row, 1, [str(row)], 1)
        for _, _, row in drawing.drawn().rows:
            kept[row] += 1
    assert all(150 <= count <= 250 for count in kept)


def test_what_gives_way_before_it_is_counted_never_is(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []

    def count(said: Said) -> int:
        counted.append(str(said))
        return 1

    for waiting, most in ((1 << 20, 20), (50, 60), (0, 2000)):
        monkeypatch.setattr(sampling, "MOST_WAITING", waiting)
        counted.clear()
        drawing = Draw(count, 20)
        for row in range(2000):
            drawing.add(row, 1, [str(row)], 10)
        assert len(drawing.drawn().rows) == 20
        assert 20 <= len(set(counted)) == len(counted) <= max(most, 200)


@given(st.integers(0, 60), st.integers(0, 60))
def test_parts_draw_the_rows_of_the_whole(cut: int, other: int) -> None:
    cuts = sorted((cut, other))
    spans = zip([0, *cuts], [*cuts, 60], strict=True)
    whole, together = Draw(length_of, 20), Draw(length_of, 20)
    for begin, end in spans:
        part = Draw(length_of, 20)
        for row in range(begin, end):
            part.add(row, row, ["x"] * row, row)
            whole.add(row, row, ["x"] * row, row)
        together.take(part.drawn())
    assert sorted(together.drawn().rows) == sorted(whole.drawn().rows)
    assert together.total() == whole.total()
