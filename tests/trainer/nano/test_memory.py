import numpy as np
import pytest

from ftops.trainer.recipes.nano.conversations import Line
from ftops.trainer.recipes.nano.features import Bag, context_bag, learn_lexicon, spoken_words
from ftops.trainer.recipes.nano.memory import (
    Memory,
    gate,
    joined,
    opinion,
    pack,
    prompt_digest,
)

QUESTIONS = ["where is my parcel", "where is my refund", "how do I reset the password"]
ANSWERS = [[10, 11, 5], [10, 12, 5], [13, 14, 15, 5]]


def _said(text: str) -> tuple[Line, ...]:
    return (Line("user", text),)


def _bag(text: str) -> Bag:
    return context_bag(spoken_words(_said(text)))


BAGS = [_bag(question) for question in QUESTIONS]
LEXICON = learn_lexicon(BAGS, None)
ROWS = pack([prompt_digest(_said(question)) for question in QUESTIONS], BAGS, ANSWERS)
MEMORY = Memory(ROWS, LEXICON)


def _ask(text: str, without: int | None = None) -> list[int]:
    vote = MEMORY.ask(_bag(text), prompt_digest(_said(text)), without)
    drawn: list[int] = []
    while True:
        _, tokens, chances = vote.next()
        if not len(tokens):
            return drawn
        drawn.append(int(tokens[chances.argmax()]))
        vote.follow(drawn[-1])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param(QUESTIONS[0], ANSWERS[0], id="the very same question"),
        pytest.param("my refund, where?", ANSWERS[1], id="the same words in another order"),
        pytest.param("forgot passwords", ANSWERS[2], id="a word with another ending"),
        pytest.param("xylophone", [], id="nothing alike"),
        pytest.param("", [], id="an empty question"),
    ],
)
def test_the_nearest_row_wins(question: str, answer: list[int]) -> None:
    assert _ask(question) == answer


def test_a_row_can_be_left_out() -> None:
    assert _ask(QUESTIONS[0], without=0) == ANSWERS[1]


def test_the_same_question_outvotes_any_number_of_similar_ones() -> None:
    crowd = [f"where is my parcel number {number}" for number in range(200)]
    questions = ["where is my parcel", *crowd]
    bags = [_bag(question) for question in questions]
    rows = pack(
        [prompt_digest(_said(question)) for question in questions],
        bags,
        [[7, 5]] + [[8, 5]] * len(crowd),
    )
    memory = Memory(rows, learn_lexicon(bags, None))
    _, tokens, chances = memory.ask(_bag(questions[0]), prompt_digest(_said(questions[0]))).next()
    assert (tokens.tolist(), chances.tolist()) == ([7], [1.0])


def test_neighbours_share_the_vote_and_drop_out_when_the_answer_turns() -> None:
    vote = MEMORY.ask(_bag("where is my"), 0)
    first = vote.next()
    assert first[1].tolist() == [10]
    vote.follow(10)
    _, tokens, chances = vote.next()
    assert tokens.tolist() == [11, 12]
    assert chances.sum() == pytest.approx(1.0)
    vote.follow(12)
    assert vote.next()[1].tolist() == [5]


def test_a_turn_nobody_takes_leaves_the_network_alone() -> None:
    vote = MEMORY.ask(BAGS[0], 0)
    vote.follow(99)
    trust, tokens, _ = vote.next()
    assert (trust, len(tokens)) == (0.0, 0)


def test_the_gate_trusts_likeness_and_agreement() -> None:
    assert gate(0.1, 0.5) < gate(0.9, 0.5) < gate(0.9, 1.0) < 1.0
    assert gate(0.5, 0.5) == pytest.approx(0.924, abs=1e-3)


def test_an_opinion_is_what_would_have_been_proposed() -> None:
    held = opinion(MEMORY.ask(BAGS[1], prompt_digest(_said(QUESTIONS[1]))), ANSWERS[1])
    assert held.tokens.tolist() == ANSWERS[1]
    assert held.at.tolist() == [0, 1, 2]
    assert (held.gates > 0.9).all()


def test_an_opinion_ends_where_nobody_agrees() -> None:
    held = opinion(MEMORY.ask(BAGS[1], 0), [99, 12, 5])
    assert held.gates[1:].tolist() == [0.0, 0.0]
    assert held.at.max() == 0


def test_an_empty_memory_has_no_opinion() -> None:
    held = opinion(Memory(pack([], [], []), LEXICON).ask(BAGS[0], 0), ANSWERS[0])
    assert held.gates.tolist() == [0.0, 0.0, 0.0]


def test_packed_rows_come_back() -> None:
    assert [ROWS.answer(row).tolist() for row in range(3)] == ANSWERS
    assert ROWS.bag(2) == pytest.approx(BAGS[2])
    assert len(MEMORY) == len(ROWS) == 3


def test_a_new_answer_replaces_the_one_to_the_same_question() -> None:
    fresh = pack([prompt_digest(_said(QUESTIONS[1]))], [BAGS[1]], [[77, 5]])
    both = joined(ROWS, fresh)
    assert [both.answer(row).tolist() for row in range(3)] == [ANSWERS[0], ANSWERS[2], [77, 5]]
    assert both.bag(1) == pytest.approx(BAGS[2])
    assert both.bag(2) == pytest.approx(BAGS[1])


def test_digests_tell_roles_and_texts_apart() -> None:
    told = [
        prompt_digest(()),
        prompt_digest(_said("a")),
        prompt_digest((Line("system", "a"),)),
        prompt_digest((Line("user", "a"), Line("user", ""))),
    ]
    assert len(set(told)) == 4
    assert np.array(told, np.uint64).dtype == np.uint64
