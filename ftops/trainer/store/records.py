"""What the store keeps: files, jobs, events, checkpoints and models as plain values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ftops.trainer.ids import base_of
from ftops.trainer.store.job_life import AT_WORK, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An uploaded or produced file; its bytes lie under `files/<id>`."""

    id: str
    bytes: int
    created_at: int
    filename: str
    purpose: str
    expires_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Why a job failed, in OpenAI's three fields."""

    code: str
    message: str
    param: str | None = None


class Request(StrEnum):
    """What a person asked of a job at work."""

    NOTHING = "nothing"
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What auto became, as the recipe told."""

    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    beta: float | None = None
    steps: int
    passes: int
    trained_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One fine-tuning job.

    `model` is the name asked for, `recipe` what trains, `planned_model` the id its model will get,
    `losses` how often a worker vanished, `bytes_read` how far its try's log was taken in.
    `awaits_worker`: its try was given to a launcher, and no worker has begun with it yet.
    """

    id: str
    created_at: int
    model: str
    recipe: str
    parent: str | None
    method: str
    hyperparameters: dict[str, Any]
    suffix: str | None
    seed: int
    metadata: dict[str, str] | None
    integrations: list[dict[str, Any]] | None
    training_file: str
    validation_file: str | None
    planned_model: str
    status: Status = Status.VALIDATING
    request: Request = Request.NOTHING
    resolved: Resolution | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    result_files: tuple[str, ...] = ()
    error: JobError | None = None
    finished_at: int | None = None
    estimated_finish: int | None = None
    attempt: int = 0
    losses: int = 0
    attempt_folder: str | None = None
    bytes_read: int = 0
    awaits_worker: bool = False

    @property
    def is_held(self) -> bool:
        """Say whether a launcher holds it in a queue of its own."""
        return self.awaits_worker and self.status in AT_WORK

    @property
    def told_status(self) -> Status:
        """Return the status that is told: a job that is held elsewhere does not run."""
        return Status.QUEUED if self.is_held and self.status is Status.RUNNING else self.status

    @property
    def trained(self) -> str:
        """Return what is really trained: a listed base, or the recipe that stands in for one."""
        return base_of(self.planned_model)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """One line of a job's log; `step` is set for metrics only."""

    id: str
    job_id: str
    created_at: int
    level: str
    type: str
    message: str
    step: int | None = None
    values: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A snapshot one can ask."""

    id: str
    job_id: str
    created_at: int
    step: int
    model: str
    metrics: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedModel:
    """A model one can ask; `folder` is relative to the store, so that a store can be moved."""

    id: str
    job_id: str
    created_at: int
    recipe: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A project's leave to use a checkpoint."""

    id: str
    created_at: int
    checkpoint: str
    project_id: str


class UploadStatus(StrEnum):
    """Where a file in parts stands, in OpenAI's words."""

    PENDING = "pending"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that arrives in parts; `kept_seconds` is how long it is kept once it is whole."""

    id: str
    created_at: int
    expires_at: int
    bytes: int
    filename: str
    purpose: str
    kept_seconds: int | None = None
    status: UploadStatus = UploadStatus.PENDING
    file_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPart:
    """One part; its bytes lie under `uploads/<upload_id>/<id>`."""

    id: str
    upload_id: str
    created_at: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCompletion:
    """A chat completion whose asker wanted it kept: the answer as given, and the question."""

    id: str
    created_at: int
    model: str
    metadata: dict[str, str] | None
    answer: dict[str, Any]
    messages: list[dict[str, Any]]
