"""What a conversation is about: hashed word and letter n-grams, weighted by how telling."""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.recipes.nano.conversations import Line

# Scripts without spaces count letter by letter, symbols such as emoji one by one.
_IDEOGRAPHS: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORDS: Final = re.compile(rf"[{_IDEOGRAPHS}]|(?:(?![{_IDEOGRAPHS}])\w)+|[^\w\s\x00-\x7f]")
_LETTERS: Final = 4
_MOST_WORDS: Final = 400
_WORD, _BIGRAM, _GRAM = 1.0, 0.5, 0.35
_LAST, _EARLIER, _SYSTEM = 1.0, 0.3, 0.15

Bag = dict[int, float]
"""Feature key to weight."""


def words(text: str) -> list[str]:
    """Return a text's words in lower case; of a very long text the last ones."""
    return _WORDS.findall(text.lower())[-_MOST_WORDS:]


@lru_cache(maxsize=20_000)
def _key(family: str, text: str) -> int:
    return zlib.crc32(f"{family}:{text}".encode("utf-8", "replace"))


@lru_cache(maxsize=20_000)
def _word_keys(word: str) -> tuple[int, tuple[int, ...]]:
    framed = f"^{word[:40]}$"
    grams = {framed[at : at + _LETTERS] for at in range(max(1, len(framed) - _LETTERS + 1))}
    return _key("word", word), tuple(_key("gram", gram) for gram in sorted(grams))


def bag_of(text_words: Sequence[str], weight: float, into: Bag) -> None:
    """Add words, pairs and letter n-grams to a bag; a repeated feature keeps its best weight."""
    for word in text_words:
        key, grams = _word_keys(word)
        into[key] = max(into.get(key, 0.0), weight * _WORD)
        for gram in grams:
            into[gram] = max(into.get(gram, 0.0), weight * _GRAM)
    for left, right in pairwise(text_words):
        key = _key("pair", f"{left} {right}")
        into[key] = max(into.get(key, 0.0), weight * _BIGRAM)


Spoken = tuple[tuple[str, ...], float]
"""The words of one line, and how much the line counts."""


def spoken_words(context: Sequence[Line]) -> list[Spoken]:
    """Return each line's words and weight: the last line counts most, the system prompt least."""
    spoken: list[Spoken] = []
    last = len(context) - 1
    for place, line in enumerate(context):
        share = _SYSTEM if line.role == "system" else _LAST if place == last else _EARLIER
        spoken.append((tuple(words(line.text)), share))
    return spoken


def context_bag(spoken: Iterable[Spoken]) -> Bag:
    """Return the features of a conversation so far."""
    bag: Bag = {}
    for text_words, weight in spoken:
        bag_of(text_words, weight, bag)
    return bag


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The features seen in training, sorted by key, and how many conversations had each."""

    keys: NDArray[np.uint32]
    seen: NDArray[np.float32]
    conversations: int

    def rarity(self, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return how telling some features are: the rarer, the more."""
        return np.log((1 + self.conversations) / (0.5 + self.seen[places])).astype(np.float32)

    def find(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return where each key stands, and whether it is known at all."""
        places = np.searchsorted(self.keys, keys)
        places = np.minimum(places, max(0, len(self.keys) - 1))
        known = self.keys[places] == keys if len(self.keys) else np.zeros(len(keys), bool)
        return places, known


def learn_lexicon(bags: Sequence[Bag], parent: Lexicon | None) -> Lexicon:
    """Count features over all bags, on top of a parent's counts."""
    parts = [np.fromiter(bag, np.uint32, len(bag)) for bag in bags]
    ones = [np.ones(len(part), np.float32) for part in parts]
    if parent is not None:
        parts.append(parent.keys)
        ones.append(parent.seen)
    keys, place = np.unique(np.concatenate(parts), return_inverse=True)
    seen = np.bincount(place, np.concatenate(ones), len(keys)).astype(np.float32)
    before = parent.conversations if parent is not None else 0
    return Lexicon(keys=keys, seen=seen, conversations=len(bags) + before)


def weigh(bag: Bag, lexicon: Lexicon) -> tuple[NDArray[np.intp], NDArray[np.float32], float]:
    """Return a bag's known features with unit-length weights, and the known share of its length.

    Features are places in the lexicon; an unknown one counts for the length as one never seen.
    """
    keys = np.fromiter(bag, np.uint32, len(bag))
    strength = np.fromiter(bag.values(), np.float32, len(bag))
    places, known = lexicon.find(keys)
    unknown = np.float32(np.log((1 + lexicon.conversations) / 0.5))
    rarity = np.full(len(keys), unknown, np.float32)
    rarity[known] = lexicon.rarity(places[known])
    strength = strength * rarity
    whole = float(np.sqrt(np.square(strength).sum()))
    strength, places = strength[known], places[known]
    known_length = float(np.sqrt(np.square(strength).sum()))
    if known_length == 0.0:
        return places[:0], strength[:0], 0.0
    return places, strength / np.float32(known_length), known_length / whole
