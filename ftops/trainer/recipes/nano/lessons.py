"""Training rows as tokens, and tokens as batches, with words and whole prompts left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ftops.trainer.recipes.nano.conversations import Line, Turn
from ftops.trainer.recipes.nano.features import (
    Bag,
    Lexicon,
    Spoken,
    bag_of,
    context_bag,
    spoken_words,
    weigh,
    words,
)
from ftops.trainer.recipes.nano.memory import prompt_digest
from ftops.trainer.recipes.nano.network import Batch, Ints, Prefix
from ftops.trainer.recipes.nano.tokenizer import ASSISTANT, END, PROMPT, Tokenizer

ANSWER_SHARE: Final = 0.5
"""How much an answer's words count beside its question's when a question looks for its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One answer to learn: the conversation as tokens and as words, and the answer's tokens."""

    prompt: tuple[int, ...]
    spoken: tuple[Spoken, ...]
    answer: tuple[int, ...]
    bag: Bag
    digest: int


def lesson(turn: Turn, tokenizer: Tokenizer, context: int) -> Lesson:
    """Return a turn as tokens; of a long conversation the end is kept."""
    return Lesson(
        prompt=prompt_tokens(turn.context, tokenizer, context),
        spoken=tuple(spoken_words(turn.context)),
        answer=(*tokenizer.encode(turn.answer), END),
        bag=context_bag(spoken_words(turn.context)),
        digest=prompt_digest(turn.context),
    )


def prompt_tokens(context: Sequence[Line], tokenizer: Tokenizer, most: int) -> tuple[int, ...]:
    """Return a conversation's last tokens, leaving half of the network's context to the answer."""
    return tuple(tokenizer.encode_context(context)[-(most // 2 - 2) :])


def remembered_bag(turn: Turn) -> Bag:
    """Return the features a turn is found by later: its conversation's and its answer's."""
    bag: Bag = {}
    bag_of(words(turn.answer), ANSWER_SHARE, bag)
    for key, weight in context_bag(spoken_words(turn.context)).items():
        bag[key] = max(weight, bag.get(key, 0.0))
    return bag


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One sequence before padding; `begins` is where its answer starts within the whole one."""

    prompt: Sequence[int]
    answer: Sequence[int]
    lead: int
    begins: int
    features: tuple[Ints, np.ndarray[tuple[int], np.dtype[np.float32]]]

    def __len__(self) -> int:
        """Count the positions the network runs over."""
        return 1 + len(self.prompt) + len(self.answer)


def whole(lesson: Lesson, lexicon: Lexicon, context: int) -> Piece:
    """Return a lesson as it is asked later: nothing left out, a long answer's beginning."""
    places, strengths, _ = weigh(lesson.bag, lexicon)
    return Piece(
        prompt=lesson.prompt,
        answer=lesson.answer[: context // 2],
        lead=ASSISTANT,
        begins=0,
        features=(places, strengths),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout:
    """How often a word of the prompt, or its tokens altogether, are left out."""

    words: float
    prompt: float


def augmented(
    lesson: Lesson, lexicon: Lexicon, dropout: Dropout, rng: np.random.Generator
) -> Piece:
    """Return a lesson with words and perhaps all prompt tokens left out."""
    kept: list[Spoken] = []
    for text_words, weight in lesson.spoken:
        stays = rng.random(len(text_words)) >= dropout.words
        left = tuple(word for word, stay in zip(text_words, stays, strict=True) if stay)
        kept.append((left or text_words, weight))
    places, strengths, _ = weigh(context_bag(kept), lexicon)
    return Piece(
        prompt=lesson.prompt if rng.random() >= dropout.prompt else (),
        answer=lesson.answer,
        lead=ASSISTANT,
        begins=0,
        features=(places, strengths),
    )


def part(piece: Piece, longest: int, rng: np.random.Generator) -> Piece:
    """Return a part of a long answer, each as likely; only the beginning still sees the prompt."""
    begins = int(rng.integers(0, max(1, len(piece.answer) - longest + 1)))
    return replace(
        piece,
        prompt=() if begins else piece.prompt,
        answer=piece.answer[begins : begins + longest],
        lead=piece.answer[begins - 1] if begins else piece.lead,
        begins=begins,
    )


def grouped(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Return places in groups of like length whose padded size stays within `most` positions."""
    groups: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda place: (lengths[place], place)):
        if groups and (len(groups[-1]) + 1) * lengths[place] <= most:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def collate(
    pieces: Sequence[Piece], table: int, keys: np.ndarray[tuple[int], np.dtype[np.uint32]]
) -> Batch:
    """Return pieces as one padded batch; features become rows of the prefix table."""
    length = max(len(piece) for piece in pieces)
    tokens = np.zeros((len(pieces), length), np.int64)
    places = np.zeros((len(pieces), length), np.int64)
    spoken = np.zeros((len(pieces), length), np.bool_)
    where: list[Ints] = []
    for row, piece in enumerate(pieces):
        asked, said = 1 + len(piece.prompt), len(piece.answer)
        tokens[row, : asked + said] = [PROMPT, *piece.prompt, piece.lead, *piece.answer[:-1]]
        places[row, 1 : asked + said] = np.arange(1 - asked, said) + piece.begins
        spoken[row, 0] = spoken[row, asked : asked + said] = True
        where.append(row * length + np.arange(asked, asked + said))
    features = [piece.features for piece in pieces]
    return Batch(
        tokens=tokens,
        places=places,
        spoken=spoken,
        prefix=Prefix(
            rows=np.concatenate([keys[found].astype(np.int64) % table for found, _ in features]),
            strengths=np.concatenate([strengths for _, strengths in features]),
            owners=np.repeat(np.arange(len(pieces)), [len(found) for found, _ in features]),
        ),
        where=np.concatenate(where),
        targets=np.concatenate([np.array(piece.answer, np.int64) for piece in pieces]),
    )
