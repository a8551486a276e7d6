"""Takes what a worker told into the store: every line once, whatever is restarted in between."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ftops.trainer import ids
from ftops.trainer.checkpoints import KEPT
from ftops.trainer.running.attempt_folder import AttemptFolder
from ftops.trainer.store.records import Checkpoint, Job, JobEvent, Resolution, TunedModel
from ftops.trainer.store.store import Store
from ftops.trainer.store.table import Where

_NOT_MEASURED = frozenset({"kind", "at", "model_dir"})
_NOT_A_CHECKPOINTS = frozenset({"total_steps", "epoch"})


def take_in(store: Store, job: Job, folder: AttemptFolder) -> Job:
    """Read on where we stopped; the lines and the place reached are stored together."""
    lines, reached = folder.lines_after(job.bytes_read)
    if not lines:
        return job
    with store.transaction():
        for line in lines:
            _take_line(store, job, msgspec.json.decode(line))
        return store.jobs.amend(job.id, bytes_read=reached)


def _take_line(store: Store, job: Job, told: dict[str, Any]) -> None:
    match told["kind"]:
        case "resolved":
            store.jobs.amend(job.id, resolved=msgspec.convert(told, Resolution))
        case "note" if not store.jobs.has_said(job.id, told["message"]):
            store.jobs.tell(job.id, told["message"])
        case "step":
            _take_step(store, job, told)
        case "checkpoint":
            _take_checkpoint(store, job, told)
        case _:
            pass


def _take_step(store: Store, job: Job, told: dict[str, Any]) -> None:
    store.jobs.tell_event(
        JobEvent(
            id=ids.event_id(),
            job_id=job.id,
            created_at=told["at"],
            level="info",
            type="metrics",
            message=step_message(told),
            step=told["step"],
            values={name: value for name, value in told.items() if name not in _NOT_MEASURED},
        )
    )


def step_message(told: Mapping[str, Any]) -> str:
    """Say what a step measured, as OpenAI does."""
    words = (
        f"Step {told['step']}/{told['total_steps']}: training loss={_rounded(told['train_loss'])}"
    )
    for name, word in (
        ("valid_loss", "validation loss"),
        ("full_valid_loss", "full validation loss"),
    ):
        if told.get(name) is not None:
            words += f", {word}={_rounded(told[name])}"
    return words


def _rounded(loss: float | None) -> str:
    # JSON has no NaN: a loss that diverged arrives as null.
    return "not a number" if loss is None else f"{loss:.4f}"


def _take_checkpoint(store: Store, job: Job, told: dict[str, Any]) -> None:
    step = told["step"]
    if store.checkpoints.all(Where(text="job_id = ? AND step = ?", values=(job.id, step))):
        return
    model = f"{job.planned_model}:ckpt-step-{step}"
    measured = {
        name: value
        for name, value in told.items()
        if name not in _NOT_MEASURED | _NOT_A_CHECKPOINTS and value is not None
    }
    store.checkpoints.add(
        Checkpoint(
            id=ids.checkpoint_id(),
            job_id=job.id,
            created_at=told["at"],
            step=step,
            model=model,
            metrics=measured,
        )
    )
    folder = str(Path(told["model_dir"]).relative_to(store.root))
    store.models.add(
        TunedModel(id=model, job_id=job.id, created_at=told["at"], recipe=job.recipe, folder=folder)
    )
    store.jobs.tell(job.id, f"Checkpoint created at step {step}")
    _forget_old_checkpoints(store, job)


def _forget_old_checkpoints(store: Store, job: Job) -> None:
    """Keep the last three, as OpenAI does; the recipe keeps its own folder in order."""
    made = store.checkpoints.all(Where(text="job_id = ?", values=(job.id,)))
    for old in sorted(made, key=lambda one: one.step)[:-KEPT]:
        store.checkpoints.remove(Where(text="id = ?", values=(old.id,)))
        store.models.remove(Where(text="id = ?", values=(old.model,)))
