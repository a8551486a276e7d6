"""Jobs, their logs and their snapshots as OpenAI's JSON objects."""

from typing import Any, Literal, TypedDict

from ftops.trainer.store.job_life import Status
from ftops.trainer.store.records import Checkpoint, Job, JobEvent, Permission


class JobFault(TypedDict):
    """Why a job failed."""

    code: str
    message: str
    param: str | None


class FineTuningJob(TypedDict):
    """A job."""

    id: str
    object: Literal["fine_tuning.job"]
    created_at: int
    finished_at: int | None
    model: str
    fine_tuned_model: str | None
    organization_id: str
    status: Status
    training_file: str
    validation_file: str | None
    result_files: list[str]
    trained_tokens: int | None
    estimated_finish: int | None
    hyperparameters: dict[str, Any]
    method: dict[str, Any]
    seed: int
    user_provided_suffix: str | None
    integrations: list[dict[str, Any]]
    metadata: dict[str, str] | None
    error: JobFault | None


class Event(TypedDict):
    """A line of a job's log."""

    id: str
    object: Literal["fine_tuning.job.event"]
    created_at: int
    level: str
    type: str
    message: str
    data: dict[str, Any]


class JobCheckpoint(TypedDict):
    """A snapshot one can ask."""

    id: str
    object: Literal["fine_tuning.job.checkpoint"]
    created_at: int
    fine_tuned_model_checkpoint: str
    fine_tuning_job_id: str
    step_number: int
    metrics: dict[str, float]


class CheckpointPermission(TypedDict):
    """One project's leave to use a checkpoint."""

    id: str
    object: Literal["checkpoint.permission"]
    created_at: int
    project_id: str


def job(row: Job) -> FineTuningJob:
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
        "status": row.told_status,
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


def _hyperparameters(row: Job) -> dict[str, Any]:
    """Echo what auto became, once that is known."""
    chosen: dict[str, Any] = {
        "n_epochs": "auto",
        "batch_size": "auto",
        "learning_rate_multiplier": "auto",
    }
    if row.method == "dpo":
        chosen["beta"] = "auto"
    chosen |= row.hyperparameters
    if row.resolved is not None:
        for name in tuple(chosen):
            chosen[name] = getattr(row.resolved, name, chosen[name])
    return chosen


def event(row: JobEvent) -> Event:
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


def checkpoint(row: Checkpoint) -> JobCheckpoint:
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


def permission(row: Permission) -> CheckpointPermission:
    """Write a permission."""
    return {
        "id": row.id,
        "object": "checkpoint.permission",
        "created_at": row.created_at,
        "project_id": row.project_id,
    }
