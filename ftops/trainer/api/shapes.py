"""Rows of the store as OpenAI's JSON objects."""

from collections.abc import Callable
from typing import Any, TypeVar

from ftops.trainer.store.records import Checkpoint, Job, JobEvent, StoredFile, TunedModel
from ftops.trainer.store.table import Identified, Page

Row = TypeVar("Row", bound=Identified)
Shape = dict[str, Any]


def listing(page: Page[Row], shape: Callable[[Row], Shape]) -> Shape:
    """Write one page of a list."""
    return {
        "object": "list",
        "data": [shape(row) for row in page.rows],
        "has_more": page.has_more,
        "first_id": page.rows[0].id if page.rows else None,
        "last_id": page.rows[-1].id if page.rows else None,
    }


def deleted(row_id: str, kind: str) -> Shape:
    """Write that something was deleted."""
    return {"id": row_id, "object": kind, "deleted": True}


def file(row: StoredFile) -> Shape:
    """Write a file; like OpenAI we look into it only when a job uses it."""
    shape: Shape = {
        "id": row.id,
        "object": "file",
        "bytes": row.bytes,
        "created_at": row.created_at,
        "filename": row.filename,
        "purpose": row.purpose,
        "status": "processed",
    }
    if row.expires_at is not None:
        shape["expires_at"] = row.expires_at
    return shape


def job(row: Job) -> Shape:
    """Write a job."""
    hyperparameters = _hyperparameters(row)
    return {
        "id": row.id,
        "object": "fine_tuning.job",
        "created_at": row.created_at,
        "finished_at": row.finished_at,
        "model": row.model,
        "fine_tuned_model": row.fine_tuned_model,
        "organization_id": "org-local",
        "status": str(row.status),
        "training_file": row.training_file,
        "validation_file": row.validation_file,
        "result_files": list(row.result_files),
        "trained_tokens": row.trained_tokens,
        "estimated_finish": row.estimated_finish,
        "hyperparameters": hyperparameters,
        "method": {"type": row.method, row.method: {"hyperparameters": hyperparameters}},
        "seed": row.seed,
        "user_provided_suffix": row.suffix,
        "integrations": row.integrations or [],
        "metadata": row.metadata,
        "error": None
        if row.error is None
        else {"code": row.error.code, "message": row.error.message, "param": row.error.param},
    }


def _hyperparameters(row: Job) -> Shape:
    """Echo what auto became, once that is known."""
    chosen: Shape = {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto"}
    if row.method == "dpo":
        chosen["beta"] = "auto"
    chosen |= row.hyperparameters
    if row.resolved is not None:
        for name in tuple(chosen):
            chosen[name] = getattr(row.resolved, name, chosen[name])
    return chosen


def event(row: JobEvent) -> Shape:
    """Write a line of a job's log."""
    return {
        "id": row.id,
        "object": "fine_tuning.job.event",
        "created_at": row.created_at,
        "level": row.level,
        "type": row.type,
        "message": row.message,
        "data": row.values or {},
    }


def checkpoint(row: Checkpoint) -> Shape:
    """Write a snapshot."""
    return {
        "id": row.id,
        "object": "fine_tuning.job.checkpoint",
        "created_at": row.created_at,
        "fine_tuned_model_checkpoint": row.model,
        "fine_tuning_job_id": row.job_id,
        "step_number": row.step,
        "metrics": row.metrics,
    }


def model(row: TunedModel) -> Shape:
    """Write a tuned model; nothing here is ever shut down."""
    return _model(row.id, row.created_at, "user-local")


def base_model(name: str) -> Shape:
    """Write a recipe as the base model it is asked for by."""
    return _model(name, 0, "ftops")


def _model(name: str, created: int, owner: str) -> Shape:
    return {
        "id": name,
        "object": "model",
        "created": created,
        "owned_by": owner,
        "shutdown_date": None,
    }
