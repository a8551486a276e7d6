"""What becomes of a job whose worker ended."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Final

from ftops.trainer import full_disk, ids, surroundings
from ftops.trainer.running.attempt_folder import DISK_FULL, LOG, AttemptFolder, Result
from ftops.trainer.settings import MAX_TRIES
from ftops.trainer.store.job_life import Happening, Status
from ftops.trainer.store.records import Job, JobError, Request, StoredFile, TunedModel
from ftops.trainer.store.store import Store
from ftops.trainer.store.table import Where

UNTRAINABLE: Final = "untrainable"
SERIES = (
    ("step", "step"),
    ("train_loss", "train_loss"),
    ("train_accuracy", "train_mean_token_accuracy"),
    ("valid_loss", "valid_loss"),
    ("valid_mean_token_accuracy", "valid_mean_token_accuracy"),
    ("train_lm_loss", "train_lm_loss"),
    ("full_valid_loss", "full_valid_loss"),
    ("full_valid_mean_token_accuracy", "full_valid_mean_token_accuracy"),
)
"""Column of the result file, and the metric it holds."""


def settle(store: Store, job: Job, folder: AttemptFolder, result: Result | None) -> None:
    """Move the job on; no result means that the worker vanished."""
    if job.request is Request.CANCEL:
        # Promised when the cancellation was accepted, even if the worker was faster.
        _stop(store, job)
    elif (error := _error_of(result, folder)) is not None:
        _fail(store, job, error)
    elif result is not None and result.model_dir is not None:
        _succeed(store, job, result.model_dir)
    elif job.status is Status.PAUSING:
        _set_aside(store, job, result)
    elif _met_a_full_disk(store, result):
        _wait_for_space(store, job)
    else:
        _go_on_later(store, job)


def settle_after_restart(store: Store, job: Job) -> None:
    """Move a job on whose worker died while no server looked, which uses up no try."""
    if job.request is Request.CANCEL:
        _stop(store, job)
    elif job.status is Status.PAUSING:
        _set_aside(store, job, None)
    else:
        with store.transaction():
            store.jobs.move(job.id, Happening.LOST, estimated_finish=None)
            store.jobs.tell(job.id, "The server was restarted; going on from what was saved last")


def refuse(store: Store, job: Job, error: JobError) -> None:
    """End a job whose files cannot be trained on."""
    with store.transaction():
        store.jobs.move(job.id, Happening.REJECTED, error=error)
        store.jobs.tell(job.id, error.message, level="error")


def _stop(store: Store, job: Job) -> None:
    with store.transaction():
        store.jobs.move(job.id, Happening.STOPPED)
        store.jobs.tell(job.id, "Fine-tuning job cancelled")


def _error_of(result: Result | None, folder: AttemptFolder) -> JobError | None:
    if result is not None and result.refused is not None:
        return JobError(code=UNTRAINABLE, message=f"Nothing was trained: {result.refused}")
    if result is not None and result.error is not None:
        log = folder.path / LOG
        words = f"Training went wrong: {result.error}. The traceback is in {log}"
        return JobError(code="training_failed", message=words)
    return None


def _fail(store: Store, job: Job, error: JobError) -> None:
    with store.transaction():
        store.jobs.move(job.id, Happening.BROKE, error=error)
        store.jobs.tell(job.id, error.message, level="error")


def _set_aside(store: Store, job: Job, result: Result | None) -> None:
    happening = Happening.LOST if result is None else Happening.SET_ASIDE
    with store.transaction():
        store.jobs.move(job.id, happening, request=Request.NOTHING, estimated_finish=None)
        store.jobs.tell(job.id, "Fine-tuning job paused")


def _met_a_full_disk(store: Store, result: Result | None) -> bool:
    if result is None:
        return full_disk.is_near(store.root)
    return result.stopped == DISK_FULL


def _wait_for_space(store: Store, job: Job) -> None:
    with store.transaction():
        store.jobs.move(job.id, Happening.SET_ASIDE, estimated_finish=None)
        store.jobs.tell(
            job.id,
            "The disk is full: the job is paused with what it saved last. "
            "Free some space, then resume it",
            level="error",
        )


def _go_on_later(store: Store, job: Job) -> None:
    losses = job.losses + 1
    with store.transaction():
        if losses < MAX_TRIES:
            store.jobs.move(job.id, Happening.LOST, losses=losses, estimated_finish=None)
            store.jobs.tell(
                job.id,
                "The worker ended unexpectedly; going on from what it saved last "
                f"(try {losses + 1} of {MAX_TRIES})",
                level="warn",
            )
            return
        message = f"The worker ended unexpectedly {losses} times; giving up."
        error = JobError(code="server_error", message=message)
        store.jobs.move(job.id, Happening.BROKE, losses=losses, error=error)
        store.jobs.tell(job.id, message, level="error")


def _succeed(store: Store, job: Job, model_dir: Path) -> None:
    results = _keep_results(store, job)
    name = job.planned_model
    resolved = job.resolved
    with store.transaction():
        store.models.add(
            TunedModel(
                id=name,
                job_id=job.id,
                created_at=surroundings.now(),
                recipe=job.recipe,
                folder=str(model_dir.relative_to(store.root)),
            )
        )
        _rename_last_checkpoint(store, job, name)
        store.jobs.tell(job.id, f"New fine-tuned model created: {name}")
        store.jobs.move(
            job.id,
            Happening.COMPLETED,
            fine_tuned_model=name,
            trained_tokens=resolved.trained_tokens if resolved else None,
            result_files=(results.id,),
            request=Request.NOTHING,
        )
        store.jobs.tell(job.id, "The job has successfully completed")


def _rename_last_checkpoint(store: Store, job: Job, name: str) -> None:
    """Give the last checkpoint the model's own name, as OpenAI does."""
    made = store.checkpoints.all(Where(text="job_id = ?", values=(job.id,)))
    if made:
        last = max(made, key=lambda one: one.step)
        store.models.remove(Where(text="id = ?", values=(last.model,)))
        store.checkpoints.put(replace(last, model=name))


def _keep_results(store: Store, job: Job) -> StoredFile:
    content = step_metrics(store, job.id)
    row = StoredFile(
        id=ids.file_id(),
        bytes=len(content),
        created_at=surroundings.now(),
        filename="step_metrics.csv",
        purpose="fine-tune-results",
    )
    staged = store.incoming_folder / row.id
    staged.write_bytes(content)
    store.keep_file(row, staged)
    return row


def step_metrics(store: Store, job_id: str) -> bytes:
    """Write a job's series as OpenAI's result file."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow([column for column, _ in SERIES])
    steps = sorted(store.jobs.steps(job_id), key=lambda event: event.step or 0)
    for event in steps:
        values = event.values or {}
        writer.writerow([values.get(metric) for _, metric in SERIES])
    return page.getvalue().encode()
