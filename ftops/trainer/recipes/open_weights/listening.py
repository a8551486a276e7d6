"""Listens to transformers' trainer: metrics, checkpoints and the server's wishes."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import torch
import torch.distributed
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from typing_extensions import override

from ftops.trainer import surroundings
from ftops.trainer.checkpoints import drop_old_checkpoints
from ftops.trainer.recipes.contract import Report, StepMetrics, Task, Wish
from ftops.trainer.recipes.open_weights.base import Base
from ftops.trainer.recipes.open_weights.states import keep_checkpoint, seal

Kind = TypeVar("Kind")

_MEASURED: Final = {"train_loss": "loss", "train_mean_token_accuracy": "mean_token_accuracy"}
_PREFERENCE: Final = {"train_loss": "loss", "train_mean_token_accuracy": "rewards/accuracies"}


class Listener(TrainerCallback):
    """One fit's ear; with several processes only the first tells and keeps.

    A step is told once its evaluation, if it has one, is known.
    """

    def __init__(self, task: Task, report: Report, base: Base, steps_per_epoch: int) -> None:
        """Tell `report` and keep checkpoints in the task's folder."""
        self.wish = Wish.GO_ON
        self.last_checkpoint: Path | None = None
        self._report = report
        self._base = base
        self._work = task.folder
        self._validates = bool(task.validation)
        self._steps_per_epoch = steps_per_epoch
        self._measured: StepMetrics | None = None
        self._told = 0
        self._saved_at = surroundings.monotonic()

    @override
    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self._tell()
        self.wish = agreed(self._report.wish())
        control.should_log = True
        is_epochs_end = state.global_step % self._steps_per_epoch == 0
        is_due = agreed(surroundings.monotonic() - self._saved_at > self._base.save_seconds)
        control.should_evaluate = is_epochs_end and self._validates
        control.should_save = is_epochs_end or is_due or self.wish is Wish.PAUSE
        if self.wish is Wish.CANCEL:
            control.should_save = control.should_evaluate = False
        if self.wish is not Wish.GO_ON:
            control.should_training_stop = True

    @override
    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        logs = logs or {}
        if "loss" not in logs:
            return
        names = _PREFERENCE if "rewards/accuracies" in logs else _MEASURED
        self._measured = StepMetrics(
            step=state.global_step,
            total_steps=state.max_steps,
            epoch=-(-state.global_step // self._steps_per_epoch),
            train_loss=float(logs["loss"]),
            train_mean_token_accuracy=float(logs.get(names["train_mean_token_accuracy"], 0.0)),
        )

    @override
    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        metrics = metrics or {}
        accuracy = metrics.get(
            "eval_mean_token_accuracy", metrics.get("eval_rewards/accuracies", 0.0)
        )
        if self._measured is not None and "eval_loss" in metrics:
            loss = float(metrics["eval_loss"])
            self._measured = replace(
                self._measured,
                valid_loss=loss,
                valid_mean_token_accuracy=float(accuracy),
                full_valid_loss=loss,
                full_valid_mean_token_accuracy=float(accuracy),
            )

    @override
    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self._saved_at = surroundings.monotonic()
        if torch.distributed.is_initialized():
            # Each process writes random numbers of its own into the state; all must be there.
            torch.distributed.barrier()
        measured = self._measured
        if measured is None or not state.is_world_process_zero:
            return
        self._tell()
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        seal(folder, measured)
        if state.global_step % self._steps_per_epoch == 0:
            self.keep(folder, measured)

    @override
    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self._tell()

    def keep(self, state: Path, measured: StepMetrics) -> None:
        """Keep a whole state of an epoch's end as a checkpoint, and tell it."""
        step = measured.step
        self.last_checkpoint = keep_checkpoint(state, self._work, step, self._base)
        self._report.checkpoint(measured, self.last_checkpoint)
        drop_old_checkpoints(self._work)

    def _tell(self) -> None:
        if self._measured is not None and self._measured.step > self._told:
            self._told = self._measured.step
            self._report.step(self._measured)


def agreed(mine: Kind) -> Kind:
    """Return what the first of all processes thinks: they must stop at the same step."""
    if not torch.distributed.is_initialized():
        return mine
    box = [mine]
    torch.distributed.broadcast_object_list(box, src=0)
    return box[0]
