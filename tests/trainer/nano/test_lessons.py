import numpy as np
import pytest

from ftops.trainer.recipes.nano.conversations import Line, Turn
from ftops.trainer.recipes.nano.features import learn_lexicon
from ftops.trainer.recipes.nano.lessons import (
    Dropout,
    augmented,
    collate,
    grouped,
    lesson,
    part,
    prompt_tokens,
    remembered_bag,
    whole,
)
from ftops.trainer.recipes.nano.tokenizer import ASSISTANT, END, PROMPT, Tokenizer

TOKENIZER = Tokenizer([])
TURN = Turn(context=(Line("user", "ab cd ef gh"),), answer="xyz")
LESSON = lesson(TURN, TOKENIZER, 64)
LEXICON = learn_lexicon([remembered_bag(TURN)], None)
KEEP_ALL = Dropout(words=0.0, prompt=0.0)


def test_a_long_prompt_keeps_its_end() -> None:
    tokens = prompt_tokens((Line("user", "a" * 10_000 + "z"),), TOKENIZER, 64)
    assert len(tokens) == 30
    assert TOKENIZER.decode(tokens).endswith("az")


def test_the_answers_words_help_to_find_it_but_less() -> None:
    bag, asked = remembered_bag(TURN), lesson(TURN, TOKENIZER, 64).bag
    assert set(asked) < set(bag)
    assert max(weight for key, weight in bag.items() if key not in asked) == 0.5


def test_nothing_left_out_is_the_whole_lesson() -> None:
    rng = np.random.default_rng(1)
    piece, asked = augmented(LESSON, LEXICON, KEEP_ALL, rng), whole(LESSON, LEXICON, 64)
    assert (piece.prompt, piece.answer) == (asked.prompt, asked.answer)
    np.testing.assert_array_equal(piece.features[0], asked.features[0])


def test_prompts_and_words_are_left_out_about_as_often_as_asked() -> None:
    rng = np.random.default_rng(1)
    dropout = Dropout(words=0.2, prompt=0.7)
    pieces = [augmented(LESSON, LEXICON, dropout, rng) for _ in range(300)]
    all_there = len(whole(LESSON, LEXICON, 64).features[0])
    assert 0.6 < sum(not piece.prompt for piece in pieces) / 300 < 0.8
    assert 0.4 < sum(len(piece.features[0]) < all_there for piece in pieces) / 300 < 0.8


def test_a_line_never_loses_all_its_words() -> None:
    rng = np.random.default_rng(1)
    piece = augmented(LESSON, LEXICON, Dropout(words=1.0, prompt=1.0), rng)
    assert len(piece.features[0]) > 0


def test_parts_of_a_long_answer_cover_all_of_it() -> None:
    rng = np.random.default_rng(1)
    long = lesson(Turn(context=TURN.context, answer="abcdefghij" * 4), TOKENIZER, 64)
    piece = whole(long, LEXICON, 1000)
    parts = [part(piece, 10, rng) for _ in range(300)]
    assert {one.begins for one in parts} == set(range(32))
    for one in parts:
        assert tuple(one.answer) == long.answer[one.begins : one.begins + 10]
        assert one.lead == (long.answer[one.begins - 1] if one.begins else ASSISTANT)
        assert bool(one.prompt) == (one.begins == 0)


def test_a_batch_is_padded_on_the_right_and_points_at_its_answers() -> None:
    short = lesson(Turn(context=(), answer=""), TOKENIZER, 64)
    pieces = [whole(LESSON, LEXICON, 64), whole(short, LEXICON, 64)]
    batch = collate(pieces, 256, LEXICON.keys)
    asked = 1 + len(LESSON.prompt)
    assert batch.tokens[0, 0] == batch.tokens[1, 0] == PROMPT
    assert batch.tokens[0, asked] == ASSISTANT
    assert batch.places[0, asked] == 0
    assert batch.places[0, 1] == -len(LESSON.prompt)
    assert batch.targets.tolist() == [*LESSON.answer, END]
    assert batch.where.tolist() == [*range(asked, asked + 4), batch.tokens.shape[1] + 1]
    assert batch.spoken[0].tolist() == [True] + [False] * len(LESSON.prompt) + [True] * 4
    assert set(batch.prefix.owners) == {0}


@pytest.mark.parametrize(
    ("lengths", "groups"),
    [
        pytest.param([5, 5, 5], [[0, 1, 2]], id="all fit"),
        pytest.param([9, 2, 3], [[1, 2], [0]], id="like lengths together"),
        pytest.param([99, 1], [[1], [0]], id="one too long stands alone"),
        pytest.param([], [], id="none"),
    ],
)
def test_groups(lengths: list[int], groups: list[list[int]]) -> None:
    assert grouped(lengths, 15) == groups
