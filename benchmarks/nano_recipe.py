"""What ftops-nano costs and recalls on the repository's support set, beside its targets."""

import argparse
import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Before numpy is imported: with more threads the same work costs twice the CPU.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from typing_extensions import override

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
PACE = 500
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


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measured figure, and how it stands to its target if it has one."""

    name: str
    figure: str
    target: str = ""
    is_met: bool = True

    @override
    def __str__(self) -> str:
        """Return the line as printed."""
        if not self.target:
            return f"{self.name:32}{self.figure}"
        verdict = "pass" if self.is_met else "MISS"
        return f"{self.name:32}{self.figure:24}target {self.target:18}{verdict}"


def at_most(name: str, measured: float, most: float, unit: str) -> Line:
    """Return a figure that is to stay below."""
    figure, target = f"{measured:.1f} {unit}", f"<= {most:g} {unit}"
    return Line(name=name, figure=figure, target=target, is_met=measured <= most)


def share(name: str, hits: Iterable[bool], least: float | None = None) -> Line:
    """Return hits of all, with per cent, to be at least this share."""
    found = list(hits)
    reached = sum(found) / len(found)
    figure = f"{sum(found)}/{len(found)} ({100 * reached:.0f} %)"
    if least is None:
        return Line(name=name, figure=figure)
    target = f">= {100 * least:.0f} %"
    return Line(name=name, figure=figure, target=target, is_met=reached >= least)


def recall(model: Any, rows: Sequence[Row]) -> Iterator[bool]:  # noqa: ANN401 - a Model
    """Ask every prompt that ends a training row."""
    for row in rows:
        yield say(model, row["messages"][:-1])[0] == row["messages"][-1]["content"]


def paraphrases(model: Any, asked: Path, style: str) -> Iterator[bool]:  # noqa: ANN401 - a Model
    """Ask what was held out, in one style."""
    for row in rows_of(asked):
        if row["style"] == style:
            yield say(model, row["messages"])[0] == row["expected"]


def measure(train: Path, valid: Path, heldout: Path) -> Iterator[Line]:
    """Fit twice and tell the table."""
    rows, recipe = rows_of(train), NanoRecipe()
    yield Line(name="rows", figure=f"{len(rows)} in {train.name}")
    with tempfile.TemporaryDirectory() as folder:
        report = Quiet()
        begun, cpu = time.perf_counter(), time.process_time()
        model_dir = fit(rows, valid, Path(folder) / "first", report)
        yield at_most("fit", time.process_time() - cpu, 20, "CPU-s")
        yield Line(name="fit, wall", figure=f"{time.perf_counter() - begun:.1f} s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        yield at_most(
            "peak memory", peak / (2**20 if sys.platform == "darwin" else 1024), 200, "MB"
        )
        yield Line(name="model on disk", figure=f"{size_of(model_dir) / 1e6:.1f} MB")
        yield Line(name="resolved", figure=report.notes[0])
        yield from curves(report.steps)
        again = digest_of(fit(rows, valid, Path(folder) / "again", Quiet()))
        same = digest_of(model_dir) == again
        words = f"{'the same' if same else 'OTHER'} weights"
        yield Line(name="same seed again", figure=words, target="the same", is_met=same)
        with_memory, alone = (recipe.load(model_dir, memory=on) for on in (True, False))
    yield share("training prompts, memory on", recall(with_memory, rows), 1.0)
    yield share("training prompts, memory off", recall(alone, rows), 0.9)
    for style, least in (("free", 0.35), ("terse", 0.55)):
        name = f"held-out {style}, memory"
        yield share(f"{name} on", paraphrases(with_memory, heldout, style), least)
        yield share(f"{name} off", paraphrases(alone, heldout, style))
    drawn = pace(with_memory, rows)
    figure = f"{drawn:.0f} tokens/s"
    yield Line(name="generation", figure=figure, target=f">= {PACE} tokens/s", is_met=drawn >= PACE)


def fit(rows: Sequence[Row], valid: Path, folder: Path, report: Quiet) -> Path:
    """Train and return where the model lies."""
    folder.mkdir()
    task = Task(
        train=rows,
        validation=rows_of(valid),
        options=Options(method="supervised", seed=42),
        folder=folder,
    )
    fitted = NanoRecipe().fit(task, report)
    if not isinstance(fitted, Fitted):
        raise TypeError("the fit was stopped")
    return fitted.model_dir


def digest_of(folder: Path) -> str:
    """Return the digest of a model's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def size_of(folder: Path) -> int:
    """Add up the files of a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def curves(steps: Sequence[StepMetrics]) -> Iterator[Line]:
    """Tell the losses at the ends of the epochs."""
    ends = [step for step in steps if step.full_valid_loss is not None]
    for name, losses in (
        ("train loss by epoch", [step.train_loss for step in ends]),
        ("network's own", [step.train_lm_loss or 0 for step in ends]),
        ("full validation loss", [step.full_valid_loss or 0 for step in ends]),
    ):
        yield Line(name=name, figure=" ".join(f"{loss:.2f}" for loss in losses))


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
    for line in measure(chosen.train, chosen.valid, chosen.heldout):
        print(line, flush=True)


if __name__ == "__main__":
    main()
