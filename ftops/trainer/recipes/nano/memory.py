"""The kNN-LM memory (Khandelwal et al. 2020, arXiv 1911.00172): training rows vote on tokens."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.recipes.nano.conversations import Line
from ftops.trainer.recipes.nano.features import Bag, Lexicon, weigh
from ftops.trainer.recipes.nano.network import Floats, Ints

_NEIGHBOURS: Final = 64
_SHARPNESS: Final = 40.0


def prompt_digest(context: Sequence[Line]) -> int:
    """Return a number that only the very same conversation has."""
    told = "\x00".join(f"{line.role}\x01{line.text}" for line in context)
    return int.from_bytes(hashlib.sha256(told.encode("utf-8", "replace")).digest()[:8], "big")


def gate(likeness: float, agreement: float) -> float:
    """Return how far the memory is trusted over the network.

    Fixed, since a gate learned on the training rows trusts a network that knows them by heart.
    """
    lean = 2.5 + 3.2 * (likeness - 0.5) + 1.6 * (agreement - 0.5)
    return float(1.0 / (1.0 + np.exp(-lean)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Remembered answers: each one's conversation as a bag of features, and the answer's tokens."""

    digests: NDArray[np.uint64]
    keys: NDArray[np.uint32]
    strengths: NDArray[np.float32]
    key_ends: NDArray[np.int64]
    tokens: NDArray[np.int32]
    token_ends: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.digests)

    def bag(self, row: int) -> Bag:
        """Return a row's features."""
        begin, end = (self.key_ends[row - 1] if row else 0), self.key_ends[row]
        return dict(
            zip(self.keys[begin:end].tolist(), self.strengths[begin:end].tolist(), strict=True)
        )

    def answer(self, row: int) -> Ints:
        """Return a row's tokens, the end mark included."""
        begin, end = (self.token_ends[row - 1] if row else 0), self.token_ends[row]
        return self.tokens[begin:end]


def pack(digests: Sequence[int], bags: Sequence[Bag], answers: Sequence[Sequence[int]]) -> Rows:
    """Return rows in the flat form that is kept on disk."""
    return Rows(
        digests=np.array(digests, np.uint64),
        keys=np.array([key for bag in bags for key in bag], np.uint32),
        strengths=np.array([weight for bag in bags for weight in bag.values()], np.float32),
        key_ends=np.cumsum([len(bag) for bag in bags], dtype=np.int64),
        tokens=np.array([token for answer in answers for token in answer], np.int32),
        token_ends=np.cumsum([len(answer) for answer in answers], dtype=np.int64),
    )


def joined(old: Rows, new: Rows) -> Rows:
    """Return both, without the old rows whose very conversation has a new answer."""
    kept = np.flatnonzero(~np.isin(old.digests, new.digests)).tolist()
    kept_rows = pack(
        [int(old.digests[row]) for row in kept],
        [old.bag(row) for row in kept],
        [old.answer(row).tolist() for row in kept],
    )
    return Rows(
        digests=np.concatenate([kept_rows.digests, new.digests]),
        keys=np.concatenate([kept_rows.keys, new.keys]),
        strengths=np.concatenate([kept_rows.strengths, new.strengths]),
        key_ends=np.concatenate([kept_rows.key_ends, new.key_ends + len(kept_rows.keys)]),
        tokens=np.concatenate([kept_rows.tokens, new.tokens]),
        token_ends=np.concatenate([kept_rows.token_ends, new.token_ends + len(kept_rows.tokens)]),
    )


@dataclass(slots=True)
class Vote:
    """The neighbours of one conversation, narrowed to those whose answers go on as ours does."""

    answers: list[Ints]
    shares: NDArray[np.float64]
    likeness: NDArray[np.float64]
    _said: int = field(default=0, init=False)

    def next(self) -> tuple[float, Ints, Floats]:
        """Return the memory's trust, and the tokens it proposes with their probabilities."""
        agreement = float(self.shares.sum())
        if agreement <= 0.0:
            return 0.0, np.zeros(0, np.int64), np.zeros(0)
        proposed = np.array([answer[self._said] for answer in self.answers])
        tokens, place = np.unique(proposed, return_inverse=True)
        chances = np.bincount(place, self.shares, len(tokens)) / agreement
        return gate(float(self.likeness.max()), min(1.0, agreement)), tokens, chances

    def follow(self, token: int) -> None:
        """Drop the neighbours that would have said something else, or have nothing left to say."""
        said = self._said
        going = [
            place
            for place, answer in enumerate(self.answers)
            if answer[said] == token and said + 1 < len(answer)
        ]
        self._said += 1
        if len(going) < len(self.answers):
            self.answers = [self.answers[place] for place in going]
            self.shares, self.likeness = self.shares[going], self.likeness[going]


class Memory:
    """Finds the training rows nearest to a conversation; read-only once made."""

    def __init__(self, rows: Rows, lexicon: Lexicon) -> None:
        """Build the index from feature to rows."""
        self._rows, self._lexicon = rows, lexicon
        owners, places, strengths = [], [], []
        for row in range(len(rows)):
            found, strength, _ = weigh(rows.bag(row), lexicon)
            owners.append(np.full(len(found), row))
            places.append(found)
            strengths.append(strength)
        feature = np.concatenate([*places, np.zeros(0, np.int64)]).astype(np.int64)
        order = np.argsort(feature, kind="stable")
        self._owners = np.concatenate([*owners, np.zeros(0, np.int64)]).astype(np.int64)[order]
        self._strengths = np.concatenate([*strengths, np.zeros(0, np.float32)])[order]
        self._starts = np.searchsorted(feature[order], np.arange(len(lexicon.keys) + 1))

    def __len__(self) -> int:
        """Count the remembered answers."""
        return len(self._rows)

    def _likeness(self, bag: Bag) -> NDArray[np.float64]:
        places, strengths, known = weigh(bag, self._lexicon)
        begins, ends = self._starts[places], self._starts[places + 1]
        spans = [slice(begin, end) for begin, end in zip(begins, ends, strict=True)]
        if not spans:
            return np.zeros(len(self._rows))
        owners = np.concatenate([self._owners[span] for span in spans])
        products = np.concatenate([self._strengths[span] for span in spans])
        products = products * np.repeat(strengths * known, ends - begins)
        return np.bincount(owners, products, len(self._rows)).astype(np.float64)

    def ask(self, bag: Bag, digest: int, without: int | None = None) -> Vote:
        """Return the rows nearest to a conversation, `without` one.

        The very same conversation outvotes all merely similar ones.
        """
        likeness = self._likeness(bag)
        same = self._rows.digests == np.uint64(digest)
        likeness[same] = 1.0
        if without is not None:
            likeness[without], same[without] = -1.0, False
        near = np.flatnonzero(same) if same.any() else self._nearest(likeness)
        if not len(near):
            return Vote([], np.zeros(0), np.zeros(0))
        shares = np.exp(_SHARPNESS * (likeness[near] - likeness[near].max()))
        answers = [self._rows.answer(int(row)) for row in near]
        return Vote(answers, shares / shares.sum(), likeness[near])

    @staticmethod
    def _nearest(likeness: NDArray[np.float64]) -> NDArray[np.intp]:
        order = np.argsort(-likeness, kind="stable")[:_NEIGHBOURS]
        return order[likeness[order] > 0.0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the memory would have proposed along a known answer.

    Trust per position, and the proposed tokens as (position, token, chance) triples.
    """

    gates: NDArray[np.float64]
    at: NDArray[np.int64]
    tokens: NDArray[np.int64]
    chances: NDArray[np.float64]


def opinion(vote: Vote, answer: Sequence[int]) -> Opinion:
    """Walk an answer with the memory; it sees at each token only those before it."""
    gates = np.zeros(len(answer))
    at, tokens, chances = [], [], []
    for place, token in enumerate(answer):
        gates[place], proposed, likely = vote.next()
        if not len(proposed):
            break
        at.append(np.full(len(proposed), place))
        tokens.append(proposed)
        chances.append(likely)
        vote.follow(token)
    none = np.zeros(0, np.int64)
    return Opinion(
        gates=gates,
        at=np.concatenate([none, *at]),
        tokens=np.concatenate([none, *tokens]),
        chances=np.concatenate([np.zeros(0), *chances]),
    )
