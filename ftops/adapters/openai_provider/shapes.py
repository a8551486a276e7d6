"""The fields of the API's objects that ftops needs, and what they mean to the core."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, TypeVar

import msgspec

from ftops.adapters.openai_provider.answer import Answer
from ftops.adapters.openai_provider.connection import Connection
from ftops.adapters.openai_provider.refusals import surprise_of
from ftops.core.names import FileId, JobId, ModelId
from ftops.core.observed import (
    JobFailure,
    ObservedFile,
    ObservedJob,
    ObservedModel,
    read_status,
)
from ftops.core.progress import JobEvent

T = TypeVar("T")

UNDECIDED: Final = -1
"""Azure's number for a hyperparameter that nobody has chosen yet."""


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a listing; `has_more` is missing where a provider leaves it out."""

    data: list[T] | None
    has_more: bool | None = None


class JobShape(msgspec.Struct, frozen=True):
    """A fine-tuning job."""

    id: str
    created_at: float | None = None
    status: str | None = None
    model: str | None = None
    fine_tuned_model: str | None = None
    training_file: str | None = None
    validation_file: str | None = None
    trained_tokens: int | None = None
    finished_at: float | None = None
    estimated_finish: float | None = None
    seed: int | None = None
    method: dict[str, Any] | None = None
    hyperparameters: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    error: dict[str, Any] | str | None = None
    result_files: list[str] | None = None

    def __post_init__(self) -> None:
        _require(self.id)


class EventShape(msgspec.Struct, frozen=True):
    """One event of a job; `data` holds numbers if its type is metrics."""

    id: str
    created_at: float | None = None
    level: str | None = None
    message: str | None = None
    type: str | None = None
    data: Any = None


class FileShape(msgspec.Struct, frozen=True):
    """An uploaded file."""

    id: str
    filename: str | None = None
    bytes: int | None = None
    status: str | None = None

    def __post_init__(self) -> None:
        _require(self.id)


class ModelShape(msgspec.Struct, frozen=True):
    """A model that can be called."""

    id: str
    shutdown_date: Any = None

    def __post_init__(self) -> None:
        _require(self.id)


def decode(answer: Answer, shape: type[T], connection: Connection) -> T:
    """Return a success's body as a shape; raises ProviderSurprise if it is none."""
    try:
        return msgspec.json.decode(answer.body, type=shape, strict=False)
    except msgspec.DecodeError as error:
        raise surprise_of(answer, connection) from error


def observed_job(shape: JobShape) -> ObservedJob:
    """Return a job as the core sees it."""
    method = shape.method or {}
    kind = method.get("type")
    return ObservedJob(
        id=JobId(shape.id),
        created_at=_moment(shape.created_at),
        status=read_status(shape.status),
        provider_status=shape.status or "",
        model=ModelId(shape.model or ""),
        fine_tuned_model=ModelId(shape.fine_tuned_model) if shape.fine_tuned_model else None,
        training_file=FileId(shape.training_file) if shape.training_file else None,
        validation_file=FileId(shape.validation_file) if shape.validation_file else None,
        trained_tokens=shape.trained_tokens,
        finished_at=_moment(shape.finished_at) if shape.finished_at else None,
        estimated_finish=_moment(shape.estimated_finish) if shape.estimated_finish else None,
        seed=shape.seed,
        method=kind if isinstance(kind, str) else None,
        hyperparameters=_chosen(shape.hyperparameters) | _chosen(_of_method(method)),
        metadata=_pairs(shape.metadata),
        failure=_failure(shape.error),
        result_files=tuple(FileId(one) for one in shape.result_files or ()),
    )


def observed_file(shape: FileShape) -> ObservedFile:
    """Return a file as the core sees it."""
    return ObservedFile(
        id=FileId(shape.id), name=shape.filename or "", size=shape.bytes or 0, status=shape.status
    )


def observed_model(shape: ModelShape) -> ObservedModel:
    """Return a model as the core sees it; a date that is none is left out."""
    try:
        day = date.fromisoformat(str(shape.shutdown_date)[:10])
    except ValueError:
        day = None
    return ObservedModel(id=ModelId(shape.id), shutdown_date=day)


def job_event(shape: EventShape) -> JobEvent:
    """Return an event as the core sees it."""
    measures = shape.type == "metrics" and isinstance(shape.data, dict)
    return JobEvent(
        id=shape.id,
        created_at=_moment(shape.created_at),
        level=shape.level or "info",
        message=shape.message or "",
        measured=shape.data if measures else {},
    )


def _require(identity: str) -> None:
    if not identity:
        raise ValueError("an object without an id")


def _moment(seconds: float | None) -> datetime:
    try:
        return datetime.fromtimestamp(seconds or 0, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _of_method(method: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON as it came
    """Return the hyperparameters inside `{type, <type>: {hyperparameters}}`."""
    inside = method.get(str(method.get("type")))
    return inside.get("hyperparameters") if isinstance(inside, dict) else None


def _chosen(hyperparameters: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON as it came
    """Return what the provider has decided: neither `auto` nor a blank."""
    if not isinstance(hyperparameters, dict):
        return {}
    return {
        name: value
        for name, value in hyperparameters.items()
        if value is not None and value not in ("auto", UNDECIDED)
    }


def _pairs(metadata: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (metadata or {}).items() if value is not None}


def _failure(error: Mapping[str, Any] | str | None) -> JobFailure | None:
    """Return why a job failed; a healthy job has `{}` or nothing but nulls here."""
    if isinstance(error, str):
        return JobFailure(code="", message=error) if error else None
    code, message = (error or {}).get("code"), (error or {}).get("message")
    if not code and not message:
        return None
    return JobFailure(code=str(code or ""), message=str(message or ""))
