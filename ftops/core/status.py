"""Each spec's standing on two axes, as GitOps tools show it: in sync or not, healthy or not."""

from dataclasses import dataclass
from enum import StrEnum

from ftops.core.billing import Bill
from ftops.core.lock import Lock
from ftops.core.names import ModelId, SpecName, TargetName
from ftops.core.observed import ObservedJob
from ftops.core.plan import (
    Await,
    Change,
    Confirm,
    Forget,
    Hold,
    Keep,
    Reason,
    Record,
    Relabel,
    Train,
    spec_of,
)
from ftops.core.progress import JobEvent


class Sync(StrEnum):
    """Whether what is recorded is what is declared."""

    IN_SYNC = "in-sync"
    OUT_OF_SYNC = "out-of-sync"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """Whether the spec has its model, is getting it, or is stuck."""

    READY = "ready"
    PROGRESSING = "progressing"
    STALLED = "stalled"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecStatus:
    """One line of `ftops status`."""

    spec: SpecName
    sync: Sync
    health: Health
    reason: Reason
    model: ModelId | None = None
    job: ObservedJob | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One spec's status on its target.

    `latest` is its running job's newest measured step, `bill` that of the lock it has.
    """

    status: SpecStatus
    target: TargetName
    latest: JobEvent | None = None
    bill: Bill | None = None


def assess(change: Change, lock: Lock | None = None) -> SpecStatus:
    """Return the status a planned change implies; until it is done the lock names the model."""
    sync, health = _axes(change)
    model = lock.model_id if lock is not None else None
    job = None
    if isinstance(change, Record | Await | Hold):
        job = change.job
    if isinstance(change, Record):
        model = change.job.fine_tuned_model
    return SpecStatus(
        spec=spec_of(change), sync=sync, health=health, reason=change.reason, model=model, job=job
    )


def _axes(change: Change) -> tuple[Sync, Health]:
    match change:
        case Keep():
            return Sync.IN_SYNC, Health.READY
        case Relabel() | Forget() | Record():
            return Sync.OUT_OF_SYNC, Health.READY
        case Await():
            return Sync.OUT_OF_SYNC, Health.PROGRESSING
        case Confirm():
            return Sync.UNKNOWN, Health.PROGRESSING
        case Train():
            return Sync.OUT_OF_SYNC, Health.MISSING
        case Hold():  # pragma: no branch - the last kind of a closed set
            return Sync.OUT_OF_SYNC, Health.STALLED
