"""What ftops-nano costs and recalls on the repository's support set; run it by itself."""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Before numpy is imported: with more threads the same work costs twice the CPU.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ftops.trainer.recipes.contract import (
    Fitted,
    Options,
    Resolved,
    Row,
    Sampling,
    StepMetrics,
    Task,
    Wish,
)
from ftops.trainer.recipes.nano.recipe import NanoRecipe

DATASETS = Path(__file__).parents[1] / "datasets"
GREEDY = Sampling(temperature=0.0, max_tokens=512)


@dataclass
class Quiet:
    """A report that only remembers."""

    steps: list[StepMetrics] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def resolved(self, resolved: Resolved) -> None:
        """Remember what auto became."""
        self.notes.append(
            f"{resolved.n_epochs} epochs, batch {resolved.batch_size}, {resolved.steps} steps "
            f"of {resolved.passes} updates"
        )

    def note(self, message: str) -> None:
        """Remember a note."""
        self.notes.append(message)

    def step(self, metrics: StepMetrics) -> None:
        """Remember a step."""
        self.steps.append(metrics)

    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None:
        """Checkpoints are of no interest here."""

    def wish(self) -> Wish:
        """Never stop."""
        return Wish.GO_ON


def rows_of(path: Path) -> list[Row]:
    """Read a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def say(model: Any, messages: Sequence[dict[str, Any]]) -> tuple[str, int]:  # noqa: ANN401 - a Model
    """Return the greedy answer and its number of tokens."""
    answer = model.answer(messages, GREEDY)
    return "".join(token.text for token in answer), answer.completion_tokens


def share(hits: Iterable[bool]) -> str:
    """Return hits of all, with per cent."""
    found = list(hits)
    return f"{sum(found)}/{len(found)} ({100 * sum(found) / len(found):.0f} %)"


def recall(model: Any, rows: Sequence[Row]) -> str:  # noqa: ANN401 - a Model
    """Ask every prompt that ends a training row."""
    return share(
        say(model, row["messages"][:-1])[0] == row["messages"][-1]["content"] for row in rows
    )


def measure(train: Path, valid: Path, heldout: Path | None) -> list[tuple[str, str]]:
    """Fit once and return the table."""
    rows, report, recipe = rows_of(train), Quiet(), NanoRecipe()
    table = [("rows", f"{len(rows)} in {train.name}")]
    with tempfile.TemporaryDirectory() as folder:
        task = Task(
            train=rows,
            validation=rows_of(valid),
            options=Options(method="supervised", seed=42),
            folder=Path(folder),
        )
        begun, cpu = time.perf_counter(), time.process_time()
        fitted = recipe.fit(task, report)
        table.append(("fit", f"{time.process_time() - cpu:.1f} CPU-s"))
        table.append(("fit, wall", f"{time.perf_counter() - begun:.1f} s"))
        if not isinstance(fitted, Fitted):
            raise TypeError("the fit was stopped")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        table.append(
            ("peak memory", f"{peak / (2**20 if sys.platform == 'darwin' else 1024):.0f} MB")
        )
        table.append(("model on disk", f"{size_of(fitted.model_dir) / 1e6:.1f} MB"))
        table.append(("resolved", report.notes[0]))
        table += curves(report.steps)
        with_memory, alone = (recipe.load(fitted.model_dir, memory=on) for on in (True, False))
    table.append(("training prompts, memory on", recall(with_memory, rows)))
    table.append(("training prompts, memory off", recall(alone, rows)))
    for style in ("free", "terse") if heldout else ():
        asked = [row for row in rows_of(heldout) if row["style"] == style] if heldout else []
        for name, model in (("on", with_memory), ("off", alone)):
            hits = (say(model, row["messages"])[0] == row["expected"] for row in asked)
            table.append((f"held-out {style}, memory {name}", share(hits)))
    return [*table, ("generation", f"{pace(with_memory, rows):.0f} tokens/s")]


def size_of(folder: Path) -> int:
    """Add up the files of a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def curves(steps: Sequence[StepMetrics]) -> list[tuple[str, str]]:
    """Return the losses at the ends of the epochs."""
    ends = [step for step in steps if step.full_valid_loss is not None]
    return [
        ("train loss by epoch", " ".join(f"{step.train_loss:.2f}" for step in ends)),
        ("network's own", " ".join(f"{step.train_lm_loss or 0:.2f}" for step in ends)),
        ("full validation loss", " ".join(f"{step.full_valid_loss or 0:.2f}" for step in ends)),
    ]


def pace(model: Any, rows: Sequence[Row]) -> float:  # noqa: ANN401 - a Model
    """Return greedy tokens per CPU second."""
    begun = time.process_time()
    drawn = sum(say(model, row["messages"][:-1])[1] for row in rows[:30])
    return drawn / (time.process_time() - begun)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, default=DATASETS / "support.train.jsonl")
    parser.add_argument("--valid", type=Path, default=DATASETS / "support.valid.jsonl")
    parser.add_argument("--heldout", type=Path, default=DATASETS / "support.heldout.jsonl")
    chosen = parser.parse_args()
    heldout = chosen.heldout if chosen.train.name.startswith("support") else None
    for name, figure in measure(chosen.train, chosen.valid, heldout):
        print(f"{name:32}{figure}")


if __name__ == "__main__":
    main()
