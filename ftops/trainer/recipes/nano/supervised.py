"""Learning answers token by token; measured as the network alone and as it answers, with memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from ftops.trainer.recipes.nano.course import Course, Tally
from ftops.trainer.recipes.nano.features import Lexicon
from ftops.trainer.recipes.nano.lessons import (
    Dropout,
    Lesson,
    Piece,
    augmented,
    collate,
    grouped,
    part,
    whole,
)
from ftops.trainer.recipes.nano.memory import Memory, Opinion, opinion
from ftops.trainer.recipes.nano.network import (
    Batch,
    Floats,
    Ints,
    Weights,
    backward,
    forward,
    softmax,
)
from ftops.trainer.recipes.nano.sizes import Sizes

POSITIONS: Final = 2048
"""How many padded positions the network runs over at once; larger batches are added up."""
_LEAST_CHANCE: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What lessons are turned into batches with."""

    sizes: Sizes
    lexicon: Lexicon
    dropout: Dropout

    def augment(self, lesson: Lesson, rng: np.random.Generator) -> Piece:
        """Return a lesson as it is learned this time: of a long answer some part."""
        piece = augmented(lesson, self.lexicon, self.dropout, rng)
        return part(piece, self.sizes.context // 2, rng)

    def augment_start(self, lesson: Lesson, rng: np.random.Generator) -> Piece:
        """Return a lesson as it is learned this time: of a long answer the beginning."""
        piece = augmented(lesson, self.lexicon, self.dropout, rng)
        return replace(piece, answer=piece.answer[: self.sizes.context // 2])

    def whole(self, lesson: Lesson) -> Piece:
        """Return a lesson as it is asked."""
        return whole(lesson, self.lexicon, self.sizes.context)

    def batch(self, pieces: Sequence[Piece]) -> Batch:
        """Return pieces as one batch."""
        return collate(pieces, self.sizes.table, self.lexicon.keys)


def token_losses(logits: Floats, targets: Ints) -> Floats:
    """Return minus the log-probability of each target, finite however sure the network is."""
    raised = logits - logits.max(axis=-1, keepdims=True)
    losses: Floats = np.log(np.exp(raised).sum(axis=-1)) - raised[np.arange(len(targets)), targets]
    return losses


def _tally(
    logits: Floats, batch: Batch, pieces: Sequence[Piece], opinions: Sequence[Opinion]
) -> Tally:
    chances = softmax(logits)
    begin = 0
    for piece, held in zip(pieces, opinions, strict=True):
        end, first = begin + len(piece.answer), piece.begins
        span = slice(*np.searchsorted(held.at, [first, first + len(piece.answer)]))
        gates = held.gates[first : first + len(piece.answer)]
        chances[begin:end] *= (1 - gates)[:, None]
        at = held.at[span] - first
        chances[begin + at, held.tokens[span]] += gates[at] * held.chances[span]
        begin = end
    ours = chances[np.arange(len(batch.targets)), batch.targets]
    return Tally(
        count=len(batch.targets),
        loss=float(-np.log(np.maximum(ours, _LEAST_CHANCE)).sum()),
        lm_loss=float(token_losses(logits, batch.targets).sum()),
        hits=int((chances.argmax(axis=-1) == batch.targets).sum()),
    )


@dataclass(slots=True, kw_only=True)
class Supervised:
    """The aim of saying the trained answers; a lesson's own row is left out of its memory."""

    desk: Desk
    train: Sequence[Lesson]
    validation: Sequence[Lesson]
    memory: Memory
    first_row: int
    _opinions: dict[int, Opinion] = field(default_factory=dict, init=False)

    @property
    def lessons(self) -> int:
        """Count the lessons."""
        return len(self.train)

    @property
    def checks(self) -> int:
        """Count the validation lessons."""
        return len(self.validation)

    def _opinion(self, lesson: Lesson, place: int, row: int | None) -> Opinion:
        if place not in self._opinions:
            vote = self.memory.ask(lesson.bag, lesson.digest, row)
            self._opinions[place] = opinion(vote, lesson.answer)
        return self._opinions[place]

    def learn(self, course: Course, chosen: list[int], rate: float) -> Tally:
        """Make one update on freshly augmented lessons."""
        pieces = [self.desk.augment(self.train[place], course.rng) for place in chosen]
        targets = sum(len(piece.answer) for piece in pieces)
        tally, gradients = Tally(), []
        for group in grouped([len(piece) for piece in pieces], POSITIONS):
            some = [pieces[at] for at in group]
            batch = self.desk.batch(some)
            tape = forward(course.weights, batch, self.desk.sizes)
            held = [self._opinion_of_row(chosen[at]) for at in group]
            tally.add(_tally(tape.logits, batch, some, held))
            slope = softmax(tape.logits)
            slope[np.arange(len(slope)), batch.targets] -= 1
            slope /= targets
            gradients.append(backward(course.weights, batch, tape, slope))
        course.improve(gradients, rate)
        return tally

    def _opinion_of_row(self, place: int) -> Opinion:
        row = self.first_row + place if len(self.memory) else None
        return self._opinion(self.train[place], place, row)

    def check(self, weights: Weights, chosen: list[int]) -> Tally:
        """Ask validation lessons whole, with the full memory."""
        pieces = [self.desk.whole(self.validation[place]) for place in chosen]
        tally = Tally()
        for group in grouped([len(piece) for piece in pieces], POSITIONS):
            some = [pieces[at] for at in group]
            batch = self.desk.batch(some)
            held = [
                self._opinion(self.validation[chosen[at]], -1 - chosen[at], None) for at in group
            ]
            tally.add(_tally(forward(weights, batch, self.desk.sizes).logits, batch, some, held))
        return tally
