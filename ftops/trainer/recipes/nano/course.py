"""Where a run stands: everything that the next update depends on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Protocol

import numpy as np

from ftops.trainer.recipes.nano.network import Gradients, Weights, add_gradients
from ftops.trainer.recipes.nano.optimiser import Moments, fresh_moments, update


@dataclass(slots=True, kw_only=True)
class Course:
    """The moving parts of a run; `updates` counts all of them, a warm-up's included."""

    weights: Weights
    moments: Moments
    rng: np.random.Generator
    order: list[int] = field(default_factory=list)
    updates: int = 0

    def draw(self, lessons: int, batch: int) -> list[int]:
        """Return the next lessons of an endless shuffled round, none twice in one batch."""
        drawn: list[int] = []
        while len(drawn) < min(batch, lessons):
            if not self.order:
                fresh = self.rng.permutation(lessons).tolist()
                self.order = [place for place in fresh if place not in drawn]
                self.order += [place for place in fresh if place in drawn]
            drawn.append(self.order.pop(0))
        return drawn

    def improve(self, gradients: Sequence[Gradients], rate: float) -> None:
        """Make one update down the sum of some gradients."""
        update(self.weights, self.moments, reduce(add_gradients, gradients), rate)
        self.updates += 1

    def start_over(self) -> None:
        """Forget the optimiser's past and the round begun, not the weights: a new aim begins."""
        self.moments = fresh_moments(self.weights)
        self.order = []


@dataclass(slots=True, kw_only=True)
class Tally:
    """Sums over tokens (or pairs) that become one mean."""

    count: int = 0
    loss: float = 0.0
    lm_loss: float | None = None
    hits: int = 0

    def add(self, other: "Tally") -> None:
        """Take another tally in."""
        self.count += other.count
        self.loss += other.loss
        self.hits += other.hits
        if other.lm_loss is not None:
            self.lm_loss = (self.lm_loss or 0.0) + other.lm_loss

    @property
    def mean_loss(self) -> float:
        """Loss per token, or per pair."""
        return self.loss / self.count

    @property
    def mean_lm_loss(self) -> float | None:
        """Loss per token of the network without its memory, where that differs in kind."""
        return None if self.lm_loss is None else self.lm_loss / self.count

    @property
    def accuracy(self) -> float:
        """Share that was right."""
        return self.hits / self.count


class Aim(Protocol):
    """What a run gets better at."""

    @property
    def lessons(self) -> int:
        """Count the lessons there are."""
        ...

    @property
    def checks(self) -> int:
        """Count the validation lessons."""
        ...

    def learn(self, course: Course, chosen: list[int], rate: float) -> Tally:
        """Make one update on the chosen lessons and return how well they were known before it."""
        ...

    def check(self, weights: Weights, chosen: list[int]) -> Tally:
        """Return how well the chosen validation lessons are known."""
        ...
