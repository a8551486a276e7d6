"""What is shown: jobs, models and specs as plain frozen values; their field names are the API's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from ftops.core.progress import JobEvent


class JobWord(StrEnum):
    """A job's status in the few words that scripts wait for."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED: Final = frozenset({JobWord.COMPLETED, JobWord.FAILED, JobWord.CANCELLED})


class ModelWord(StrEnum):
    """Whether a model can be called, as far as the last look shows."""

    READY = "ready"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Why a job failed, and what to do about it."""

    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job in a listing; `progress` is 0 to 100, `model` what it made."""

    job_id: str
    spec: str | None
    target: str
    status: JobWord
    provider_status: str
    progress: int
    model: str | None
    base_model: str
    created_at: datetime
    finished_at: datetime | None
    estimated_finish: datetime | None
    trained_tokens: int | None
    cost_usd: float | None
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView(JobRow):
    """One job with all that is known of it; `metrics` holds the newest value of each measure."""

    method: str | None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    declared_hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    step: int | None = None
    total_steps: int | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str | None = None
    commit: str | None = None
    training_file: str | None = None
    validation_file: str | None = None
    error: JobError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """One model that a spec has or had."""

    id: str
    created_at: datetime
    status: ModelWord
    spec: str | None
    version: str
    is_current: bool
    base_model: str
    target: str
    job_id: str | None
    shutdown_date: date | None
    days_left: int | None
    trained_tokens: int | None
    cost_usd: float | None
    fingerprint: str | None
    commit: str | None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView:
    """One pinned dataset."""

    digest: str
    examples: int
    tokens: int
    tokens_exact: bool
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecView:
    """One spec: in sync or not and healthy or not, apart; `attention` says what a person must do.

    `sync`, `health` and `change` are null while its target cannot be looked at.
    """

    name: str
    path: str | None
    target: str
    base_model: str | None
    method: str | None
    sync: str | None
    health: str | None
    change: str | None
    reason: str | None
    model: str | None
    version: str | None
    job_id: str | None
    progress: int | None
    last_trained_at: datetime | None
    cost_usd: float | None
    estimated_usd: float | None
    training: DataView | None
    validation: DataView | None
    attention: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One line of a job's log, with what it measured."""

    id: str
    created_at: datetime
    level: str
    message: str
    measured: Mapping[str, Any]


def event_view(event: JobEvent) -> EventView:
    """Return an event as it is shown; what is not of JSON's own kinds was never sent as JSON."""
    return EventView(
        id=event.id,
        created_at=event.created_at,
        level=event.level,
        message=event.message,
        measured=event.measured,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveView:
    """One measure over steps: pairs of step and value."""

    name: str
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A job's curves; `source` is `events`, or `result-file` once the job has ended."""

    job_id: str
    source: str
    series: tuple[CurveView, ...]
