"""`Lock`: what was trained for one spec, and the plain data it is written as."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Self

from ftops.core.cost import Tariff
from ftops.core.desired import Desired
from ftops.core.names import Fingerprint, JobId, ModelId, SpecName, TargetName
from ftops.core.observed import ObservedJob

LOCK_SCHEMA: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The record of a settled spec; fields in the order they are written."""

    spec: str
    target: str
    fingerprint: str
    model: str
    job: str
    base_model: str
    inputs: Mapping[str, Any]
    resolved: Mapping[str, Any]
    files: Mapping[str, str]
    trained_tokens: int | None
    cost_usd: float | None
    created_at: datetime
    finished_at: datetime | None
    metadata: Mapping[str, str]

    @property
    def spec_name(self) -> SpecName:
        """Return the spec's name, typed."""
        return SpecName(self.spec)

    @property
    def model_id(self) -> ModelId:
        """Return the id to call, typed."""
        return ModelId(self.model)

    def is_for(self, fingerprint: Fingerprint, target: TargetName) -> bool:
        """Say whether the lock records that training on that target."""
        return self.fingerprint == fingerprint and self.target == target

    def relabelled(self, desired: Desired) -> Self:
        """Return the lock with the metadata the spec declares now."""
        return replace(self, metadata=desired.metadata_to_record(self.metadata))

    def to_plain(self) -> dict[str, Any]:
        """Return plain data in the order it is written; times as UTC with a Z."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        for name in ("created_at", "finished_at"):
            moment = plain[name]
            if moment is not None:
                plain[name] = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return {"schema": LOCK_SCHEMA, **plain}


def lock_for(desired: Desired, job: ObservedJob, tariff: Tariff) -> Lock:
    """Return the lock of a succeeded job: pure, so that a lost lock comes back the same.

    Raises ValueError if the job has no model.
    """
    if job.fine_tuned_model is None:
        raise ValueError(f"job {job.id} has no model")
    files = {"training_file": job.training_file, "validation_file": job.validation_file}
    chosen = sorted(job.hyperparameters.items())
    resolved = {key: value for key, value in chosen if value is not None}
    if job.seed is not None:
        resolved["seed"] = job.seed
    tokens = job.trained_tokens
    return Lock(
        spec=desired.name,
        target=desired.target,
        fingerprint=desired.fingerprint,
        model=job.fine_tuned_model,
        job=job.id,
        base_model=job.model,
        inputs=dict(desired.inputs),
        resolved=resolved,
        files={key: str(value) for key, value in files.items() if value is not None},
        trained_tokens=tokens,
        cost_usd=None
        if tokens is None
        else tariff.cost(desired.root_model, tokens, desired.spec.method),
        created_at=job.created_at,
        finished_at=job.finished_at,
        metadata=desired.metadata_to_record(job.own_metadata),
    )


def job_of(lock: Lock) -> JobId:
    """Return the lock's job id, typed."""
    return JobId(lock.job)
