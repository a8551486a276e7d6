"""Byte-level pair encoding learned from the training data: any text in, the same text out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ftops.trainer.recipes.nano.conversations import Line

MARKS: Final = ("<|prompt|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>")
"""Tokens that no text can spell; they come before the 256 bytes."""
PROMPT: Final = MARKS.index("<|prompt|>")
ASSISTANT: Final = MARKS.index("<|assistant|>")
END: Final = MARKS.index("<|end|>")
_ROLES: Final = {
    role: MARKS.index(f"<|{role}|>") for role in ("system", "user", "assistant", "tool")
}
_BYTES_FROM: Final = len(MARKS)
SMALLEST: Final = _BYTES_FROM + 256
"""The vocabulary before anything is merged."""

# Digits stay single so that numbers are spelled, not memorised as words; runs are bounded because
# merging is quadratic in the length of a piece.
_PIECES: Final = re.compile(r" ?[^\W\d_]{1,32}|\d| ?(?:[^\w\s]|_){1,16}|\s{1,16}")
_REMEMBERED: Final = 50_000
_LEARNED_FROM: Final = 5_000
_REPEATS: Final = 2

Merge = tuple[int, int]


def _pieces(text: str) -> list[bytes]:
    return [piece.encode("utf-8", "replace") for piece in _PIECES.findall(text)]


def _merged(symbols: Sequence[int], merge: Merge, new: int) -> list[int]:
    out: list[int] = []
    place = 0
    while place < len(symbols):
        if symbols[place : place + 2] == [*merge]:
            out.append(new)
            place += 2
        else:
            out.append(symbols[place])
            place += 1
    return out


@dataclass(slots=True)
class _Learner:
    """Pair counts kept up to date merge by merge."""

    words: list[list[int]]
    counts: list[int]
    pairs: Counter[Merge] = field(default_factory=Counter)
    homes: defaultdict[Merge, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for word in range(len(self.words)):
            self._count(word, +1)

    def _count(self, word: int, sign: int) -> None:
        symbols = self.words[word]
        for merge in pairwise(symbols):
            self.pairs[merge] += sign * self.counts[word]
            self.homes[merge].add(word)

    def best(self) -> Merge | None:
        """Return the most frequent pair, the smaller one on a tie; None when none repeats."""
        most = max(self.pairs.values(), default=0)
        if most < _REPEATS:
            return None
        return min(merge for merge, count in self.pairs.items() if count == most)

    def apply(self, merge: Merge, new: int) -> None:
        for word in sorted(self.homes[merge]):
            self._count(word, -1)
            self.words[word] = _merged(self.words[word], merge, new)
            self._count(word, +1)
        del self.pairs[merge], self.homes[merge]


def learn_merges(texts: Iterable[str], vocabulary: int) -> list[Merge]:
    """Return the merges that shorten the texts most, at most as many as the vocabulary leaves."""
    found = Counter(piece for text in texts for piece in _pieces(text))
    counted = dict(found.most_common(_LEARNED_FROM))
    learner = _Learner(
        words=[[_BYTES_FROM + byte for byte in piece] for piece in counted],
        counts=list(counted.values()),
    )
    merges: list[Merge] = []
    while SMALLEST + len(merges) < vocabulary:
        merge = learner.best()
        if merge is None:
            break
        learner.apply(merge, SMALLEST + len(merges))
        merges.append(merge)
    return merges


class Tokenizer:
    """Text to tokens and back; unchanging, apart from its memory of pieces met."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        """Take merges in the order they were learned."""
        self.merges = [(int(left), int(right)) for left, right in merges]
        self._ranks = {merge: rank for rank, merge in enumerate(self.merges)}
        self._spelling = [mark.encode() for mark in MARKS]
        self._spelling += [bytes([byte]) for byte in range(256)]
        for left, right in self.merges:
            self._spelling.append(self._spelling[left] + self._spelling[right])
        self._known: dict[bytes, list[int]] = {}

    def __len__(self) -> int:
        """Count the tokens, marks included."""
        return len(self._spelling)

    def spell(self, token: int) -> bytes:
        """Return the bytes a token stands for; a mark has a readable name."""
        return self._spelling[token]

    def encode(self, text: str) -> list[int]:
        """Return a text's tokens; never a mark, whatever the text says."""
        tokens: list[int] = []
        for piece in _pieces(text):
            known = self._known.get(piece)
            if known is None:
                known = self._encode_piece(piece)
                if len(self._known) < _REMEMBERED:
                    self._known[piece] = known
            tokens += known
        return tokens

    def _encode_piece(self, piece: bytes) -> list[int]:
        symbols = [_BYTES_FROM + byte for byte in piece]
        beyond = len(self._ranks)
        while len(symbols) > 1:
            merge = min(
                pairwise(symbols),
                key=lambda pair: self._ranks.get(pair, beyond),
            )
            if merge not in self._ranks:
                break
            symbols = _merged(symbols, merge, SMALLEST + self._ranks[merge])
        return symbols

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of tokens; bytes that are no UTF-8 show as the replacement character."""
        spelled = b"".join(self._spelling[token] for token in tokens if token >= _BYTES_FROM)
        return spelled.decode("utf-8", "replace")

    def encode_context(self, context: Iterable[Line]) -> list[int]:
        """Return a conversation's tokens, each line between its role's mark and the end mark."""
        tokens: list[int] = []
        for line in context:
            tokens += [_ROLES.get(line.role, _ROLES["user"]), *self.encode(line.text), END]
        return tokens
