"""What a fit tells, written as lines the server reads."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from ftops.trainer import surroundings
from ftops.trainer.recipes.contract import Resolved, StepMetrics, Wish
from ftops.trainer.running.attempt_folder import SUPERSEDED, AttemptFolder


class AttemptReport:
    """Appends to the try's log, and reads the server's wish."""

    def __init__(self, folder: AttemptFolder) -> None:
        """Write into this folder."""
        self._folder = folder
        self._log = folder.log

    def resolved(self, resolved: Resolved) -> None:
        """Tell what auto became."""
        self._append("resolved", asdict(resolved))

    def note(self, message: str) -> None:
        """Tell a person something."""
        self._append("note", {"message": message})

    def step(self, metrics: StepMetrics) -> None:
        """Tell what a step measured."""
        self._append("step", _measured(metrics))

    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None:
        """Tell that a snapshot lies in `model_dir`."""
        self._append("checkpoint", _measured(metrics) | {"model_dir": str(model_dir)})

    def wish(self) -> Wish:
        """Ask what the server wants; a worker whose try is over ends here."""
        word = self._folder.control()
        if word == SUPERSEDED:
            raise SystemExit("superseded by a newer try")
        return Wish(word) if word in set(Wish) else Wish.GO_ON

    def _append(self, kind: str, told: dict[str, Any]) -> None:
        line = msgspec.json.encode({"kind": kind, "at": surroundings.now(), **told})
        # One write in append mode: whatever kills us leaves whole lines and perhaps one torn end.
        with self._log.open("ab", buffering=0) as stream:
            stream.write(line + b"\n")


class SilentReport:
    """For a process that trains with another which tells everything."""

    def resolved(self, resolved: Resolved) -> None:
        """Say nothing."""

    def note(self, message: str) -> None:
        """Say nothing."""

    def step(self, metrics: StepMetrics) -> None:
        """Say nothing."""

    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None:
        """Say nothing."""

    def wish(self) -> Wish:
        """Leave it to the first process, whose wish all agree on."""
        return Wish.GO_ON


def _measured(metrics: StepMetrics) -> dict[str, Any]:
    return {name: value for name, value in asdict(metrics).items() if value is not None}
