"""A recipe that learns by heart and counts steps: fast, resumable, and honest to the contract."""

import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ftops.trainer.recipes.contract import (
    Fitted,
    Message,
    Report,
    Resolved,
    Sampling,
    StepMetrics,
    Stopped,
    Task,
    Token,
    UntrainableError,
    Wish,
)
from ftops.trainer.running.attempt_folder import write_whole

BREAKS = 666
DECLINES = 667
DIES = 13
DIVERGES = 99
SULKS = 77


class CountingRecipe:
    """An epoch is `rows / batch_size` steps; `learning_rate_multiplier` is the seconds of a step.

    The seed chooses a mishap: an exception, a refusal, a death at step 2 of every try, a diverging
    loss, deafness.
    """

    name = "ftops-nano"
    methods = frozenset({"supervised", "dpo"})

    def fit(self, task: Task, report: Report) -> Fitted | Stopped:
        options = task.options
        if options.seed == DECLINES:
            raise UntrainableError("the rows are too good\nhint: spoil them")
        epochs, batch = options.n_epochs or 2, options.batch_size or 5
        per_epoch = math.ceil(len(task.train) / batch)
        report.resolved(
            Resolved(
                n_epochs=epochs,
                batch_size=batch,
                learning_rate_multiplier=options.learning_rate_multiplier or 0.001,
                beta=options.beta,
                steps=epochs * per_epoch,
                passes=1,
                trained_tokens=100 * len(task.train) * epochs,
            )
        )
        report.note("passes: 1")
        known = {} if task.parent is None else _read(task.parent / "model.json")
        known |= dict(_pair(row) for row in task.train)
        state = task.folder / "state.json"
        done = _read(state)["step"] if state.exists() else 0
        for step in range(done + 1, epochs * per_epoch + 1):
            time.sleep(options.learning_rate_multiplier or 0.001)  # noqa: TID251 its pace is the point
            self._step(task, report, step, per_epoch)
            if step % per_epoch == 0:
                folder = task.folder / "checkpoints" / f"step-{step}"
                folder.mkdir(parents=True, exist_ok=True)
                write_whole(folder / "model.json", json.dumps(known).encode())
                report.checkpoint(_metrics(task, step, per_epoch), folder)
            write_whole(state, json.dumps({"step": step}).encode())
            wish = report.wish()
            if wish is not Wish.GO_ON and options.seed != SULKS:
                return Stopped(wish=wish)
        return Fitted(model_dir=task.folder / "checkpoints" / f"step-{epochs * per_epoch}")

    def load(self, model_dir: Path, *, base: Mapping[str, Any]) -> "Memoriser":
        assert not base
        return Memoriser(_read(model_dir / "model.json"))

    def _step(self, task: Task, report: Report, step: int, per_epoch: int) -> None:
        if task.options.seed == BREAKS:
            raise ValueError("the rows taste bad")
        if task.options.seed == DIES and step == 2:
            os._exit(9)
        report.step(_metrics(task, step, per_epoch))


class Memoriser:
    """Answers with what it saw, word by word."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def answer(self, messages: Sequence[Message], sampling: Sampling) -> "Recital":
        asked = str(messages[-1]["content"])
        if asked == "break":
            return Recital(["fine ", "so far", None], sampling)
        return Recital(self._known.get(asked, "I was not told").split(" "), sampling)


class Recital:
    """An answer of ready words; `None` among them is a mishap."""

    def __init__(self, words: Sequence[str | None], sampling: Sampling) -> None:
        self._words = words
        self._sampling = sampling
        self.prompt_tokens = 7
        self.completion_tokens = 0
        self.finish_reason = "stop"

    def __iter__(self) -> Iterator[Token]:
        for index, word in enumerate(self._words):
            if word is None:
                raise RuntimeError("lost for words")
            if index == self._sampling.max_tokens:
                self.finish_reason = "length"
                return
            if word in self._sampling.stop:
                return
            self.completion_tokens += 1
            top = (("well", -2.0), ("hm", -3.0))[: self._sampling.top_logprobs]
            yield Token(text=word if index == 0 else f" {word}", logprob=-0.5, top=top)


def _metrics(task: Task, step: int, per_epoch: int) -> StepMetrics:
    ends_epoch = step % per_epoch == 0 and bool(task.validation)
    loss = math.nan if task.options.seed == DIVERGES else 4 / step
    return StepMetrics(
        step=step,
        total_steps=(task.options.n_epochs or 2) * per_epoch,
        epoch=math.ceil(step / per_epoch),
        train_loss=loss,
        train_mean_token_accuracy=1 - 1 / (step + 1),
        train_lm_loss=5 / step,
        valid_loss=6 / step if task.validation else None,
        full_valid_loss=7 / step if ends_epoch else None,
    )


def _pair(row: dict[str, Any]) -> tuple[str, str]:
    if "input" in row:
        preferred = row["preferred_output"][0]["content"]
        return row["input"]["messages"][-1]["content"], preferred
    return row["messages"][-2]["content"], row["messages"][-1]["content"]


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))
