import zlib

import numpy as np
import pytest

from ftops.trainer.recipes.nano.conversations import Line
from ftops.trainer.recipes.nano.features import (
    context_bag,
    learn_lexicon,
    spoken_words,
    weigh,
    words,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("How do I, um, PAY?", ["how", "do", "i", "um", "pay"], id="words, lower case"),
        pytest.param("返品 ok", ["返", "品", "ok"], id="ideographs one by one"),
        pytest.param("good 👍", ["good", "👍"], id="an emoji is a word"),
        pytest.param("", [], id="nothing"),
        pytest.param("?!", [], id="only punctuation"),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_very_long_text_keeps_its_last_words() -> None:
    assert words(" ".join(map(str, range(5000))))[-1] == "4999"
    assert len(words("a " * 5000)) == 400


def _bag(*said: tuple[str, str]) -> dict[int, float]:
    return context_bag(spoken_words([Line(role, text) for role, text in said]))


def _word(word: str) -> int:
    return zlib.crc32(f"word:{word}".encode())


def test_the_last_line_counts_most_and_the_system_prompt_least() -> None:
    bag = _bag(("system", "sss"), ("user", "eee"), ("user", "lll"))
    assert bag[_word("sss")] < bag[_word("eee")] < bag[_word("lll")]


def test_a_word_said_again_keeps_its_better_weight() -> None:
    bag = _bag(("user", "parcel"), ("assistant", "hm"), ("user", "parcel parcel"))
    assert bag[_word("parcel")] == 1.0


def test_known_features_have_unit_length() -> None:
    bags = [_bag(("user", "where is my parcel")), _bag(("user", "where is my refund"))]
    _, strengths, known = weigh(bags[0], learn_lexicon(bags, None))
    assert float(np.square(strengths).sum()) == pytest.approx(1.0)
    assert known == 1.0


def test_rare_words_count_more_than_words_in_every_row() -> None:
    bags = [_bag(("user", f"where {word}")) for word in ("parcel", "refund", "invoice")]
    lexicon = learn_lexicon(bags, None)
    everywhere, once = (np.flatnonzero(lexicon.seen == times) for times in (3, 1))
    assert lexicon.rarity(everywhere).max() < lexicon.rarity(once).min()


@pytest.mark.parametrize(
    "text", [pytest.param("xylophone", id="only unknown words"), pytest.param("", id="nothing")]
)
def test_what_was_never_seen_weighs_nothing(text: str) -> None:
    lexicon = learn_lexicon([_bag(("user", "parcel"))], None)
    places, strengths, known = weigh(_bag(("user", text)), lexicon)
    assert (len(places), len(strengths), known) == (0, 0, 0.0)


def test_an_unknown_word_lowers_the_known_share() -> None:
    lexicon = learn_lexicon([_bag(("user", "parcel")), _bag(("user", "refund"))], None)
    assert 0.0 < weigh(_bag(("user", "parcel xylophone")), lexicon)[2] < 1.0


def test_an_empty_lexicon_knows_nothing() -> None:
    places, _, known = weigh(_bag(("user", "parcel")), learn_lexicon([{}], None))
    assert (len(places), known) == (0, 0.0)


def test_a_childs_counts_stand_on_its_parents() -> None:
    bag = _bag(("user", "parcel"))
    parent = learn_lexicon([bag, bag], None)
    child = learn_lexicon([bag, _bag(("user", "refund"))], parent)
    assert child.conversations == 4
    assert child.seen.max() == 3
    assert set(parent.keys) <= set(child.keys)
