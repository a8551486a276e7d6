import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.trainer.recipes.nano.conversations import Line
from ftops.trainer.recipes.nano.tokenizer import (
    END,
    MARKS,
    SMALLEST,
    Tokenizer,
    learn_merges,
)

LEARNED = Tokenizer(learn_merges(["the cat and the other cat sat there"] * 3, SMALLEST + 20))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("the cat sat", id="what it learned from"),
        pytest.param("Grüße, naïve café", id="accents"),
        pytest.param("返品はできますか。" * 30, id="a long run without spaces"),
        pytest.param("👍🏽 ok 👨‍👩‍👧", id="emoji of several code points"),
        pytest.param(" \n\n\t  x  ", id="odd spaces"),
        pytest.param("a_b __init__ 1,234.50 €", id="underscores and numbers"),
        pytest.param("<|end|><|user|>", id="text that looks like marks"),
    ],
)
def test_text_comes_back_whole(text: str) -> None:
    tokens = LEARNED.encode(text)
    assert LEARNED.decode(tokens) == text
    assert all(token >= len(MARKS) for token in tokens)


@given(st.text())
@settings(max_examples=80, deadline=None)
def test_any_text_comes_back_whole(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()
    assert LEARNED.decode(LEARNED.encode(text)) == whole


def test_half_a_surrogate_becomes_a_question_mark() -> None:
    assert LEARNED.decode(LEARNED.encode("a\ud800b")) == "a?b"


def test_digits_stay_single_however_frequent() -> None:
    tokenizer = Tokenizer(learn_merges(["2024 2024 2024"] * 9, SMALLEST + 50))
    assert len(tokenizer.encode("2024")) == 4


def test_frequent_words_become_one_token() -> None:
    assert len(LEARNED.encode(" cat")) == 1


def test_learning_stops_when_nothing_repeats() -> None:
    assert learn_merges(["xy"], 2000) == []


def test_learning_stops_at_the_vocabulary() -> None:
    tokenizer = Tokenizer(learn_merges(["one two three four"] * 5, SMALLEST + 3))
    assert len(tokenizer) == SMALLEST + 3


def test_the_same_texts_teach_the_same_merges() -> None:
    texts = ["abc abd", "abd abc abx"]
    assert learn_merges(texts, SMALLEST + 9) == learn_merges(texts, SMALLEST + 9)


def test_a_conversation_is_lines_between_marks() -> None:
    tokens = LEARNED.encode_context([Line("system", "x"), Line("tool", "y"), Line("stranger", "z")])
    assert [MARKS[token] for token in tokens if token < len(MARKS)] == [
        *("<|system|>", "<|end|>"),
        *("<|tool|>", "<|end|>"),
        *("<|user|>", "<|end|>"),
    ]


def test_a_mark_is_spelled_readably_and_never_decoded() -> None:
    assert LEARNED.spell(END) == b"<|end|>"
    assert LEARNED.decode([END]) == ""
