"""What tells a job of ours whose provider dropped the stamp: everything else that was ordered."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ftops.core.desired import Desired
from ftops.core.names import JobId, ModelId
from ftops.core.observed import ObservedJob, OpenIntent

CLOCKS_MAY_DIFFER: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What one creation asked for, and when."""

    desired: Desired
    model: ModelId
    intent: OpenIntent


def fitting(
    jobs: Iterable[ObservedJob], ordered: Ordered, claimed: Collection[JobId]
) -> tuple[ObservedJob, ...]:
    """Return the jobs that the order may have become; `claimed` are known as other trainings'.

    The jobs train on the very file that was ordered.
    """
    return tuple(one for one in jobs if one.id not in claimed and _fits(one, ordered))


def _fits(job: ObservedJob, ordered: Ordered) -> bool:
    spec = ordered.desired.spec
    told = {**job.hyperparameters, "seed": job.seed, "method": job.method}
    asked = {**spec.hyperparameters.declared(), "seed": spec.seed, "method": spec.method}
    return (
        job.fingerprint is None
        and not _is_older(job, ordered.intent)
        and _is_same_base(job.model, ordered.model)
        and all(told.get(name) in {None, asked[name]} for name in asked if asked[name] is not None)
    )


def _is_same_base(told: ModelId, asked: ModelId) -> bool:
    """Say whether a provider would tell the model so: an alias comes back with its date."""
    return told == asked or (":" not in asked and told.startswith(f"{asked}-"))


def _is_older(job: ObservedJob, intent: OpenIntent) -> bool:
    """Say whether the job was there before; providers tell whole seconds, and clocks may differ."""
    if intent.told_at is not None:
        return job.created_at < intent.told_at.replace(microsecond=0)
    return job.created_at < intent.begun_at - CLOCKS_MAY_DIFFER
