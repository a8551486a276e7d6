"""Fits a base model to rows with trl: supervised or by preference, from where it was stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.distributed
from transformers import PreTrainedTokenizerBase, PrinterCallback, set_seed
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

from datasets import Dataset
from ftops.trainer import surroundings
from ftops.trainer.recipes.contract import Fitted, Report, Resolved, Row, Stopped, Task, Wish
from ftops.trainer.recipes.open_weights import hardware, loading
from ftops.trainer.recipes.open_weights.base import Base, BaseError, Tuning
from ftops.trainer.recipes.open_weights.conversation import tools_of, turns
from ftops.trainer.recipes.open_weights.labels import Lesson, lesson
from ftops.trainer.recipes.open_weights.listening import Listener, agreed
from ftops.trainer.recipes.open_weights.states import State, newest_state, states_folder

EPOCHS: Final = 3
FEW_ROWS: Final = 100
SMALL_BATCH, BATCH = 4, 8
BETA: Final = 0.1
WARM_UP: Final = 0.03
USUAL_RATE: Final = {
    ("supervised", Tuning.LORA): 2e-4,
    ("supervised", Tuning.QLORA): 2e-4,
    ("supervised", Tuning.FULL): 2e-5,
    ("dpo", Tuning.LORA): 5e-5,
    ("dpo", Tuning.QLORA): 5e-5,
    ("dpo", Tuning.FULL): 1e-6,
}
"""What a learning_rate_multiplier of 1 stands for; adapters bear ten times what weights do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """What is learned from: labelled or paired rows as the trainer takes them."""

    train: Dataset
    validation: Dataset | None
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """How a batch is spread: rows on a device at once, times accumulated, times devices."""

    on_device: int
    accumulated: int
    devices: int

    @property
    def rows(self) -> int:
        """Return how many rows one step learns from."""
        return self.on_device * self.accumulated * self.devices


def fit(task: Task, report: Report, base: Base) -> Fitted | Stopped:
    """Train until done or told to stop; the same task again goes on from the newest state."""
    loading.stay_offline(base)
    hardware.check_tuning(base)
    hardware.join_processes()
    set_seed(task.options.seed % 2**32)
    tokenizer = loading.for_training(loading.load_tokenizer(base.source))
    learning = _learning(task, report, tokenizer, base)
    batches = _batches(task, base)
    steps_per_epoch = -(-len(learning.train) // batches.rows)
    resolved = _resolved(task, learning, batches, steps_per_epoch)
    report.resolved(resolved)
    report.note(
        f"Training {base.source} ({base.tuning}) on {hardware.where()}: "
        f"{len(learning.train)} rows, {steps_per_epoch} steps an epoch"
    )
    is_first = surroundings.rank() == 0
    # The first alone looks and tidies: the others may be here before an older worker has left.
    state = agreed(newest_state(task.folder) if is_first else None)
    listener = Listener(task, report, base, steps_per_epoch)
    if is_first and state is not None and state.metrics.step % steps_per_epoch == 0:
        listener.keep(state.path, state.metrics)
    if state is None or state.metrics.step < resolved.steps:
        course = _Course(task=task, base=base, resolved=resolved, batches=batches)
        _train(course, tokenizer, learning, listener, state)
    if listener.wish is not Wish.GO_ON and not agreed(_is_over(listener, resolved)):
        return Stopped(wish=listener.wish)
    last = agreed(listener.last_checkpoint)
    if last is None:
        raise RuntimeError("the training ended without a checkpoint")
    return Fitted(model_dir=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    task: Task
    base: Base
    resolved: Resolved
    batches: Batches

    def settings(self) -> dict[str, Any]:
        """Return what supervised and preference training have in common."""
        task, base, batches = self.task, self.base, self.batches
        return {
            "output_dir": str(states_folder(task.folder)),
            "num_train_epochs": self.resolved.n_epochs,
            "per_device_train_batch_size": batches.on_device,
            "per_device_eval_batch_size": batches.on_device,
            "gradient_accumulation_steps": batches.accumulated,
            "learning_rate": self.rate,
            "lr_scheduler_type": "cosine",
            "warmup_steps": max(1, round(WARM_UP * self.resolved.steps)),
            "seed": task.options.seed % 2**32,
            "max_length": base.max_length,
            "bf16": hardware.is_bf16(base),
            "use_cpu": not hardware.has_accelerator(),
            "logging_steps": 1,
            "eval_strategy": "no",
            "save_strategy": "no",
            "save_total_limit": 2,
            "report_to": [],
            "disable_tqdm": True,
            "dataloader_pin_memory": hardware.has_accelerator(),
            "ddp_find_unused_parameters": False,
        }

    @property
    def rate(self) -> float:
        """Return the learning rate."""
        usual = USUAL_RATE[(self.task.options.method, self.base.tuning)]
        return (self.base.learning_rate or usual) * self.resolved.learning_rate_multiplier


def _train(
    course: _Course,
    tokenizer: PreTrainedTokenizerBase,
    learning: Learning,
    listener: Listener,
    state: State | None,
) -> None:
    model = loading.trainable(course.base, course.task.parent)
    common: dict[str, Any] = {
        "model": model,
        "train_dataset": learning.train,
        "eval_dataset": learning.validation,
        "processing_class": tokenizer,
        "callbacks": [listener],
    }
    if course.task.options.method == "dpo":
        beta = course.resolved.beta or BETA
        trainer = DPOTrainer(args=DPOConfig(beta=beta, **course.settings()), **common)
    else:
        trainer = SFTTrainer(args=SFTConfig(packing=False, **course.settings()), **common)
    loading.hold_in_fp32(trainer.model)
    # It prints every step; the listener tells them.
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=None if state is None else str(state.path))


def _is_over(listener: Listener, resolved: Resolved) -> bool:
    """Say whether the wish came with the last step, after which nothing is left to stop."""
    last = listener.last_checkpoint
    return (
        listener.wish is Wish.PAUSE and last is not None and last.name == f"step-{resolved.steps}"
    )


def _learning(
    task: Task, report: Report, tokenizer: PreTrainedTokenizerBase, base: Base
) -> Learning:
    if task.options.method == "dpo":
        pairs = [_pair(row) for row in task.train]
        return Learning(
            train=Dataset.from_list(pairs),
            validation=Dataset.from_list([_pair(row) for row in task.validation]) or None,
            tokens=sum(_pair_tokens(pair, tokenizer) for pair in pairs),
        )
    lessons = _lessons(task.train, report, tokenizer, base)
    if not lessons:
        raise BaseError(
            f"no row teaches anything within {base.max_length} tokens\n"
            "hint: raise max_length for this model, or shorten the rows"
        )
    valid = _lessons(task.validation, report, tokenizer, base)
    return Learning(
        train=_dataset(lessons),
        validation=_dataset(valid) if valid else None,
        tokens=sum(len(one.ids) for one in lessons),
    )


def _lessons(
    rows: Sequence[Row], report: Report, tokenizer: PreTrainedTokenizerBase, base: Base
) -> list[Lesson]:
    lessons = [lesson(row, tokenizer, base.max_length) for row in rows]
    cut = sum(1 for one in lessons if one.lost)
    if cut:
        lost = sum(one.lost for one in lessons)
        report.note(f"{cut} rows are longer than {base.max_length} tokens: {lost} tokens are cut")
    return [one for one in lessons if one.teaches]


def _dataset(lessons: list[Lesson]) -> Dataset:
    return Dataset.from_list([{"input_ids": one.ids, "labels": one.labels} for one in lessons])


def _pair(row: Row) -> dict[str, Any]:
    given = row["input"]
    pair = {
        "prompt": turns(given["messages"]),
        "chosen": turns(row["preferred_output"]),
        "rejected": turns(row["non_preferred_output"]),
    }
    tools = tools_of(given)
    return pair | ({"tools": tools} if tools else {})


def _pair_tokens(pair: dict[str, Any], tokenizer: PreTrainedTokenizerBase) -> int:
    return sum(
        len(tokenizer.apply_chat_template(pair["prompt"] + pair[side], return_dict=False))
        for side in ("chosen", "rejected")
    )


def _batches(task: Task, base: Base) -> Batches:
    devices = (
        torch.distributed.get_world_size()
        if torch.distributed.is_initialized()
        else surroundings.ranks()
    )
    few = len(task.train) <= FEW_ROWS
    wanted = task.options.batch_size or (SMALL_BATCH if few else BATCH)
    share = -(-wanted // devices)
    on_device = min(share, base.device_batch_size)
    return Batches(on_device=on_device, accumulated=-(-share // on_device), devices=devices)


def _resolved(task: Task, learning: Learning, batches: Batches, steps_per_epoch: int) -> Resolved:
    epochs = task.options.n_epochs or EPOCHS
    return Resolved(
        n_epochs=epochs,
        batch_size=batches.rows,
        learning_rate_multiplier=task.options.learning_rate_multiplier or 1.0,
        beta=(task.options.beta or BETA) if task.options.method == "dpo" else None,
        steps=steps_per_epoch * epochs,
        passes=1,
        trained_tokens=learning.tokens * epochs,
    )
