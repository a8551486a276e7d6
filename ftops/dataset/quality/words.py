"""Texts cut into words, alike for languages with spaces between them and without."""

import re
from itertools import pairwise
from typing import Final

_NO_SPACES: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: there, each character counts as a word."""

_WORD: Final = re.compile(rf"[{_NO_SPACES}]|[^\W{_NO_SPACES}]+")
_MARKS: Final = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~", " "))


def words_of(text: str) -> list[str]:
    """Return the words in lower case, without punctuation."""
    if text.isascii():
        return text.lower().translate(_MARKS).split()
    return _WORD.findall(text.casefold())


def pairs_of(text: str) -> set[str]:
    """Return each two words that follow one another: what near copies have in common."""
    return {f"{one} {next_one}" for one, next_one in pairwise(words_of(text))}
