"""The recipe in a small size whose every step takes a while, so that something can befall it."""

import time
from pathlib import Path

from typing_extensions import override

from ftops.trainer.recipes.contract import (
    Fitted,
    Report,
    Resolved,
    StepMetrics,
    Stopped,
    Task,
    Wish,
)
from ftops.trainer.recipes.nano.recipe import NanoRecipe
from tests.trainer.nano.school import SHORT, SMALL

STEP_SECONDS = 0.2


class LeisurelyRecipe(NanoRecipe):
    """`ftops-nano` as it is, but for its size and pace."""

    def __init__(self) -> None:
        super().__init__(SMALL, SHORT)

    @override
    def fit(self, task: Task, report: Report) -> Fitted | Stopped:
        return super().fit(task, _Slowed(report))


class _Slowed:
    def __init__(self, report: Report) -> None:
        self._report = report

    def resolved(self, resolved: Resolved) -> None:
        self._report.resolved(resolved)

    def note(self, message: str) -> None:
        self._report.note(message)

    def step(self, metrics: StepMetrics) -> None:
        time.sleep(STEP_SECONDS)  # noqa: TID251 its pace is the point
        self._report.step(metrics)

    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None:
        self._report.checkpoint(metrics, model_dir)

    def wish(self) -> Wish:
        return self._report.wish()
