"""Builders with sensible defaults: a test's table names only what it is about."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from ftops.adapters.spec_files.written.spec import FineTuneSpec
from ftops.core.cost import Tariff
from ftops.core.desired import DataPin, DataSource, Declared, Desired, Pins, pin
from ftops.core.lock import Lock, lock_for
from ftops.core.names import Digest, FileId, JobId, ModelId, TargetName
from ftops.core.observed import (
    STAMP_FINGERPRINT,
    STAMP_PROJECT,
    STAMP_SPEC,
    ObservedJob,
    ObservedModel,
    OpenIntent,
    read_status,
)
from ftops.core.orders import JobOrder
from tests.fakes.clock import NOON

PROJECT: Final = "acme"
BASE: Final = ModelId("gpt-4.1-mini-2025-04-14")
TUNED: Final = ModelId("ft:gpt-4.1-mini-2025-04-14:acme::AbC123")
TARGET: Final = TargetName("openai")


def declared(name: str = "triage", **spec: object) -> Declared:
    """Return a declared spec; any field of FineTuneSpec may be given."""
    fields: dict[str, object] = {
        "name": name,
        "model": str(BASE),
        "dataset": {"train": f"datasets/{name}.train.jsonl"},
        **spec,
    }
    parsed = FineTuneSpec.model_validate(fields).meant()
    return Declared(spec=parsed, path=f"specs/{name}.yaml", suffix_identity=parsed.suffix)


def data_pin(rows: str = "rows", *, size: int = 4096, examples: int = 50) -> DataPin:
    """Return a pin whose digest is that of the text `rows`: other text, other bytes."""
    paths = (f"datasets/{rows}.jsonl",)
    return DataPin(
        digest=Digest(hashlib.sha256(rows.encode()).hexdigest()),
        size=size,
        examples=examples,
        tokens=examples * 100,
        tokens_exact=True,
        paths=paths,
        source=DataSource(paths=paths),
    )


def pins(rows: str = "rows", validation: str | None = None) -> Pins:
    """Return pinned training data, and validation data if it is named."""
    held_out = None if validation is None else data_pin(validation, size=512, examples=10)
    return Pins(training=data_pin(rows), validation=held_out)


def desired(
    name: str = "triage",
    *,
    rows: str | None = None,
    target: TargetName = TARGET,
    upstream: Desired | None = None,
    **spec: object,
) -> Desired:
    """Return a pinned spec: `rows` stands for its training bytes, by default its own name's."""
    if upstream is not None:
        spec["model"] = {"from": upstream.name}
    return pin(
        declared(name, **spec),
        pins(rows if rows is not None else name),
        target=target,
        tariff=Tariff(),
        upstream=upstream,
    )


def stamp(of: Desired, project: str = PROJECT) -> dict[str, str]:
    """Return the metadata that a job for the spec carries."""
    ours = {STAMP_PROJECT: project, STAMP_SPEC: of.name, STAMP_FINGERPRINT: of.fingerprint}
    return {**ours, **of.spec.metadata}


def job(of: Desired | None = None, status: str = "succeeded", **fields: Any) -> ObservedJob:  # noqa: ANN401 - any field of the job
    """Return a stamped job; one that succeeded has the model TUNED."""
    wanted = of or desired()
    read = read_status(status)
    plain = ObservedJob(
        id=JobId("ftjob-1"),
        created_at=NOON - timedelta(hours=1),
        status=read,
        provider_status=status,
        model=wanted.root_model,
        fine_tuned_model=TUNED if status == "succeeded" else None,
        training_file=FileId("file-1"),
        trained_tokens=15_000 if status == "succeeded" else None,
        finished_at=NOON - timedelta(minutes=30) if read.is_final else None,
        seed=42,
        method=wanted.spec.method,
        hyperparameters={"n_epochs": 3},
        metadata=stamp(wanted),
    )
    return replace(plain, **fields)


def lock(of: Desired | None = None, **fields: Any) -> Lock:  # noqa: ANN401 - any of its fields
    """Return the lock of a spec whose job succeeded with the model TUNED."""
    wanted = of or desired()
    return replace(lock_for(wanted, job(wanted), Tariff()), **fields)


def intent(of: Desired | None = None, *, seconds_ago: float = 60, seen: int = 0) -> OpenIntent:
    """Return a creation begun before NOON and never heard of."""
    wanted = of or desired()
    return OpenIntent(
        fingerprint=wanted.fingerprint,
        spec=wanted.name,
        begun_at=NOON - timedelta(seconds=seconds_ago),
        seen=seen,
    )


def models(*ids: str) -> Mapping[ModelId, ObservedModel]:
    """Return a listing of models, TUNED unless others are named."""
    return {ModelId(one): ObservedModel(id=ModelId(one)) for one in ids or (TUNED,)}


def order(
    of: Desired | None = None, training_file: FileId | None = None, project: str = PROJECT
) -> JobOrder:
    """Return the creation request for a spec."""
    wanted = of or desired()
    return JobOrder(
        desired=wanted,
        model=wanted.root_model,
        training_file=training_file or FileId("file-1"),
        validation_file=None,
        stamp=stamp(wanted, project),
        idempotency_key=f"{wanted.fingerprint}:0",
    )
