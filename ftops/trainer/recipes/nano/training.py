"""The loop: updates into reported steps, epochs into checkpoints, wishes into stops."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ftops.trainer.checkpoints import checkpoint_folder, drop_old_checkpoints
from ftops.trainer.recipes.contract import Fitted, Report, Resolved, StepMetrics, Stopped, Wish
from ftops.trainer.recipes.nano.course import Aim, Course, Tally
from ftops.trainer.recipes.nano.files import (
    Saved,
    write_checkpoint,
)
from ftops.trainer.recipes.nano.network import Weights
from ftops.trainer.recipes.nano.schedule import rate_at

_ASK_EVERY: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of updates towards one aim."""

    aim: Aim
    updates: int
    batch: int
    rate: float
    ramp: int

    def advance(self, course: Course, begun: int) -> Tally:
        """Make one update, the share of the learning rate counted from where the phase began."""
        share = rate_at(course.updates - begun, self.updates, self.ramp)
        drawn = course.draw(self.aim.lessons, self.batch)
        with np.errstate(over="ignore", invalid="ignore"):
            return self.aim.learn(course, drawn, self.rate * share)


@dataclass(slots=True, kw_only=True)
class Training:
    """One run over its reported steps, from wherever its course stands."""

    course: Course
    resolved: Resolved
    report: Report
    folder: Path
    sample: list[int]
    saved: Callable[[Weights], Saved]
    keep: Callable[[Course], None]
    begun: int = 0

    def _heed(self) -> Stopped | None:
        wish = self.report.wish()
        if wish is Wish.GO_ON:
            return None
        if wish is Wish.PAUSE:
            self.keep(self.course)
        return Stopped(wish=wish)

    def warm_up(self, phase: Phase) -> Stopped | None:
        """Make the updates that no step reports; wishes are asked about in between."""
        while self.course.updates < phase.updates:
            phase.advance(self.course, 0)
            if self.course.updates % _ASK_EVERY == 0 and (stopped := self._heed()):
                return stopped
        self.begun = phase.updates
        return None

    def go(self, phase: Phase) -> Fitted | Stopped:
        """Make the reported steps that are left."""
        resolved, course = self.resolved, self.course
        per_epoch = resolved.steps // resolved.n_epochs
        done = (course.updates - self.begun) // resolved.passes
        for step in range(done + 1, resolved.steps + 1):
            tally = Tally()
            for _ in range(resolved.passes):
                tally.add(phase.advance(course, self.begun))
            ends_epoch = step % per_epoch == 0
            metrics = self._metrics(phase.aim, tally, step, ends_epoch=ends_epoch)
            self.report.step(metrics)
            if ends_epoch:
                # Told before the state is kept: a crash in between repeats an epoch, skips none.
                written = write_checkpoint(self.saved(course.weights), step, self.folder)
                self.report.checkpoint(metrics, written)
                drop_old_checkpoints(self.folder)
                self.keep(course)
            if stopped := self._heed():
                return stopped
        model_dir = checkpoint_folder(self.folder, resolved.steps)
        if not model_dir.exists():
            write_checkpoint(self.saved(course.weights), resolved.steps, self.folder)
        return Fitted(model_dir=model_dir)

    def _metrics(self, aim: Aim, tally: Tally, step: int, *, ends_epoch: bool) -> StepMetrics:
        weights, total = self.course.weights, self.resolved.steps
        some = aim.check(weights, self.sample) if self.sample else None
        every = aim.check(weights, list(range(aim.checks))) if ends_epoch and aim.checks else None
        return StepMetrics(
            step=step,
            total_steps=total,
            epoch=-(-step * self.resolved.n_epochs // total),
            train_loss=tally.mean_loss,
            train_mean_token_accuracy=tally.accuracy,
            train_lm_loss=tally.mean_lm_loss,
            valid_loss=some.mean_loss if some else None,
            valid_mean_token_accuracy=some.accuracy if some else None,
            valid_lm_loss=some.mean_lm_loss if some else None,
            full_valid_loss=every.mean_loss if every else None,
            full_valid_mean_token_accuracy=every.accuracy if every else None,
        )
