"""Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290) on whole answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.recipes.nano.course import Course, Tally
from ftops.trainer.recipes.nano.lessons import Lesson, Piece, grouped
from ftops.trainer.recipes.nano.network import (
    Batch,
    Floats,
    Tape,
    Weights,
    backward,
    forward,
    softmax,
)
from ftops.trainer.recipes.nano.supervised import POSITIONS, Desk, token_losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A preference as tokens: the lesson with the better answer, and the worse answer."""

    better: Lesson
    worse: tuple[int, ...]


def preference_loss(margins: Floats) -> tuple[Floats, Floats]:
    """Return -log sigmoid of each margin, and its slope."""
    return np.logaddexp(0.0, -margins), -0.5 * (1.0 - np.tanh(margins / 2))


def answer_scores(logits: Floats, batch: Batch, lengths: Sequence[int]) -> Floats:
    """Return each answer's whole log-probability."""
    owners = np.repeat(np.arange(len(lengths)), lengths)
    sums: NDArray[np.float64] = np.bincount(
        owners, -token_losses(logits, batch.targets), len(lengths)
    ).astype(np.float64)
    return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Some pairs run through network and reference; better and worse answers alternate."""

    batch: Batch
    tape: Tape
    lengths: list[int]
    margins: Floats


@dataclass(slots=True, kw_only=True)
class Preference:
    """The aim of giving the better answer a larger lead over the worse than the reference does."""

    desk: Desk
    train: Sequence[Choice]
    validation: Sequence[Choice]
    reference: Weights
    beta: float

    @property
    def lessons(self) -> int:
        """Count the pairs."""
        return len(self.train)

    @property
    def checks(self) -> int:
        """Count the validation pairs."""
        return len(self.validation)

    def _pieces(self, choice: Choice, better: Piece) -> tuple[Piece, Piece]:
        longest = self.desk.sizes.context // 2
        return better, replace(better, answer=choice.worse[:longest])

    def _run(self, weights: Weights, pairs: Sequence[tuple[Piece, Piece]]) -> _Round:
        pieces = [piece for pair in pairs for piece in pair]
        batch, lengths = self.desk.batch(pieces), [len(piece.answer) for piece in pieces]
        tape = forward(weights, batch, self.desk.sizes)
        before = forward(self.reference, batch, self.desk.sizes)
        gained = answer_scores(tape.logits, batch, lengths)
        gained = gained - answer_scores(before.logits, batch, lengths)
        margins = self.beta * (gained[0::2] - gained[1::2])
        return _Round(batch=batch, tape=tape, lengths=lengths, margins=margins)

    def learn(self, course: Course, chosen: list[int], rate: float) -> Tally:
        """Make one update; both answers of a pair see the same words left out."""
        choices = [self.train[place] for place in chosen]
        pairs = [
            self._pieces(choice, self.desk.augment_start(choice.better, course.rng))
            for choice in choices
        ]
        tally, gradients = Tally(), []
        for group in _groups(pairs):
            run = self._run(course.weights, [pairs[at] for at in group])
            losses, slopes = preference_loss(run.margins)
            tally.add(_tally(losses, run.margins))
            per_answer = np.stack([slopes, -slopes], axis=1).reshape(-1) * self.beta / len(pairs)
            per_token = np.repeat(per_answer, run.lengths).astype(run.tape.logits.dtype)
            slope = -softmax(run.tape.logits)
            slope[np.arange(len(slope)), run.batch.targets] += 1
            slope *= per_token[:, None]
            gradients.append(backward(course.weights, run.batch, run.tape, slope))
        course.improve(gradients, rate)
        return tally

    def check(self, weights: Weights, chosen: list[int]) -> Tally:
        """Ask validation pairs whole."""
        choices = [self.validation[place] for place in chosen]
        pairs = [self._pieces(choice, self.desk.whole(choice.better)) for choice in choices]
        tally = Tally()
        for group in _groups(pairs):
            margins = self._run(weights, [pairs[at] for at in group]).margins
            tally.add(_tally(preference_loss(margins)[0], margins))
        return tally


def _groups(pairs: Sequence[tuple[Piece, Piece]]) -> list[list[int]]:
    return grouped([2 * max(len(better), len(worse)) for better, worse in pairs], POSITIONS)


def _tally(losses: Floats, margins: Floats) -> Tally:
    return Tally(count=len(losses), loss=float(losses.sum()), hits=int((margins > 0).sum()))
