"""Rows as a spec shapes them: filtered, drawn by seed, always the same bytes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.core.shaping import Shaping
from ftops.dataset.shaping.shaper import Shaper, decide_draw
from ftops.dataset.shaping.split import decide_split
from tests.dataset.rows import ASK, CHAT, IMAGE, PREFERENCE, REINFORCEMENT, RICH, SAY, Json, line

PLAIN = Shaping(method="supervised")
LONG = {"messages": [ASK, {"role": "assistant", "content": "x" * 100}] * 2}
SHOWN = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Look!"}, IMAGE]}, SAY]}


def shaped(shaping: Shaping, *rows: Json) -> list[Json]:
    return [json.loads(one) for one in Shaper(shaping).rows(map(line, rows))]


@pytest.mark.parametrize(
    ("shaping", "kept"),
    [
        pytest.param(PLAIN, [CHAT, LONG, SHOWN], id="nothing is asked for"),
        pytest.param(replace(PLAIN, min_turns=2), [LONG], id="turns enough"),
        pytest.param(replace(PLAIN, max_turns=1), [CHAT, SHOWN], id="few turns"),
        pytest.param(replace(PLAIN, max_characters=15), [CHAT, SHOWN], id="short"),
        pytest.param(replace(PLAIN, max_characters=14), [SHOWN], id="one character less"),
        pytest.param(replace(PLAIN, contains=("Look", "xx")), [LONG, SHOWN], id="says either"),
        pytest.param(replace(PLAIN, contains=("look",)), [], id="case counts"),
        pytest.param(replace(PLAIN, without=("Look", "xx")), [CHAT], id="says neither"),
        pytest.param(replace(PLAIN, contains=("example.com",)), [], id="an address is no text"),
        pytest.param(
            replace(PLAIN, contains=("day",), without=("!",), max_turns=1),
            [CHAT],
            id="all of it holds",
        ),
    ],
)
def test_a_filter_keeps_rows(shaping: Shaping, kept: list[Json]) -> None:
    assert shaped(shaping, CHAT, LONG, SHOWN) == kept


@pytest.mark.parametrize(
    ("method", "row"),
    [
        pytest.param("dpo", PREFERENCE, id="of the answer to avoid"),
        pytest.param("reinforcement", REINFORCEMENT, id="of a prompt"),
    ],
)
def test_a_filter_looks_at_every_message(method: str, row: Json) -> None:
    wanted = "What?" if method == "dpo" else "Hello"
    assert shaped(Shaping(method=method, contains=(wanted,)), row) == [row]
    assert shaped(Shaping(method=method, without=(wanted,)), row) == []


@pytest.mark.parametrize("word", ["find_order", "b", "I cannot.", "No.", "Be brief.", "Où ?"])
def test_calls_refusals_and_parts_are_said_too(word: str) -> None:
    assert shaped(replace(PLAIN, contains=(word,)), RICH) == [RICH]


def test_a_prompt_of_ours_is_no_reason_to_be_left_out() -> None:
    system = {"role": "system", "content": "Never say xx."}
    shaping = replace(PLAIN, system="Never say xx.", without=("xx",))
    assert shaped(shaping, CHAT, LONG) == [{"messages": [system, *CHAT["messages"]]}]


def test_blank_lines_marks_and_spellings_are_gone_and_unreadable_lines_stay() -> None:
    shaper = Shaper(PLAIN)
    text = json.dumps(CHAT, indent=None).encode()
    told = {shaper.shape(one) for one in (text, b"\xef\xbb\xbf" + text + b"\r\n", b" " + text)}
    assert len(told) == 1
    assert shaper.shape(b" \r\n") == b""
    assert shaper.shape(b"{oops}\n") == b"{oops}\n"


ROWS = st.lists(st.integers(0, 60).map(lambda n: b'{"n": %d}\n' % n), max_size=60)


def drawn(rows: list[bytes], shaping: Shaping) -> list[bytes]:
    draw = decide_draw(rows, shaping)
    assert draw is not None
    return list(filter(None, map(draw.picker(), rows)))


@given(ROWS, st.integers(1, 70), st.integers(0, 9))
def test_a_number_of_rows_is_drawn_in_their_order(
    rows: list[bytes], wanted: int, seed: int
) -> None:
    found = drawn(rows, replace(PLAIN, sample_rows=wanted, seed=seed))
    assert len(found) == min(wanted, len(rows))
    places = iter(rows)
    assert all(row in places for row in found)


@given(ROWS, st.integers(1, 70))
def test_order_does_not_decide_which_rows_are_drawn(rows: list[bytes], wanted: int) -> None:
    shaping = replace(PLAIN, sample_rows=wanted)
    assert sorted(drawn(rows, shaping)) == sorted(drawn(rows[::-1], shaping))


@given(ROWS, ROWS, st.integers(1, 70))
def test_added_rows_push_out_no_more_than_they_take(
    rows: list[bytes], more: list[bytes], wanted: int
) -> None:
    shaping = replace(PLAIN, sample_rows=wanted)
    before, after = drawn(rows, shaping), drawn(rows + more, shaping)
    assert set(after) <= set(before) | set(more)


@given(ROWS, ROWS, st.floats(0.01, 0.99))
def test_a_share_is_stable_when_rows_are_added(
    rows: list[bytes], more: list[bytes], share: float
) -> None:
    shaping = replace(PLAIN, sample_share=share)
    assert drawn(rows + more, shaping) == drawn(rows, shaping) + drawn(more, shaping)


def test_a_share_is_kept_on_average_and_the_seed_decides() -> None:
    rows = [b"%d\n" % number for number in range(5000)]
    found = [drawn(rows, replace(PLAIN, sample_share=0.2, seed=seed)) for seed in (1, 2)]
    assert all(880 < len(one) < 1120 for one in found)
    assert found[0] != found[1]


def test_a_sample_is_not_of_one_side_of_the_split() -> None:
    rows = [b"%d\n" % number for number in range(2000)]
    sample = drawn(rows, replace(PLAIN, sample_share=0.1, seed=3))
    split = decide_split(sample, fraction=0.1, seed=3)
    assert len(list(split.validation(sample))) < 50 < len(list(split.training(sample)))


def test_without_a_sample_nothing_is_decided() -> None:
    assert decide_draw([b"x\n"], PLAIN) is None
