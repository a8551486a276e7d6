"""`Lock`: what was trained for one spec, to and from plain data."""

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ftops.core.cost import Tariff
from ftops.core.desired import Desired
from ftops.core.names import SPEC_NAME_PATTERN, Fingerprint, JobId, ModelId, SpecName, TargetName
from ftops.core.observed import ObservedJob

LOCK_SCHEMA: Final = 1

Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Lock(BaseModel):
    """The record of a settled spec; fields in the order they are written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    spec: Annotated[str, Field(pattern=SPEC_NAME_PATTERN)]
    target: Annotated[str, Field(min_length=1)]
    fingerprint: Hex64
    model: Annotated[str, Field(min_length=1)]
    job: Annotated[str, Field(min_length=1)]
    base_model: str
    inputs: dict[str, Any]
    resolved: dict[str, Any]
    files: dict[str, str]
    trained_tokens: int | None
    cost_usd: float | None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    metadata: dict[str, str]

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
        return self.model_copy(update={"metadata": desired.metadata_to_record(self.metadata)})

    def to_plain(self) -> dict[str, Any]:
        """Return plain data in the order it is written; times as UTC with a Z."""
        plain = self.model_dump(mode="python", by_alias=True)
        for name in ("created_at", "finished_at"):
            moment = plain[name]
            if moment is not None:
                plain[name] = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the lock that plain data describes; pydantic's ValidationError if it does not."""
        return cls.model_validate(dict(plain))


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
        cost_usd=None if tokens is None else tariff.cost(desired.root_model, tokens),
        created_at=job.created_at,
        finished_at=job.finished_at,
        metadata=desired.metadata_to_record(job.own_metadata),
    )


def job_of(lock: Lock) -> JobId:
    """Return the lock's job id, typed."""
    return JobId(lock.job)
