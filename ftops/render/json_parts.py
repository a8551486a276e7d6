"""The parts that several JSON documents share."""

from typing import Any

from ftops.core.billing import Bill, Comparison
from ftops.core.cost import Estimate
from ftops.core.desired import DataPin, Desired
from ftops.core.difference import Difference
from ftops.core.notes import TargetFacts
from ftops.core.observed import ObservedJob
from ftops.core.outcome import Outcome
from ftops.core.plan import Change, Train, fingerprint_of, kind_of, spec_of, target_of
from ftops.core.progress import JobEvent
from ftops.core.status import Standing
from ftops.errors import Problem
from ftops.render.explain import job_of, model_of
from ftops.render.explain_outcome import (
    hint_of,
    made_job_of,
    message_of,
    outcome_kind,
    rivals_of,
    settled_lock,
)
from ftops.render.figures import Totals
from ftops.render.steps import step_of

Plain = dict[str, Any]


def target_part(facts: TargetFacts) -> Plain:
    """Return where a part of the run takes place, and why there."""
    return {
        "name": facts.target,
        "why": facts.why,
        "where": facts.where,
        "stands_in": facts.stands_in,
    }


def change_part(change: Change) -> Plain:
    """Return one planned change; what its kind does not have is null or empty."""
    train = change if isinstance(change, Train) else None
    return {
        "spec": spec_of(change),
        "kind": kind_of(change),
        "reason": change.reason,
        "target": target_of(change),
        "fingerprint": fingerprint_of(change),
        "model": model_of(change),
        "job": job_of(change),
        "differences": [_difference_part(one) for one in train.differences] if train else [],
        "estimate": estimate_part(train.desired.estimate) if train else None,
    }


def _difference_part(difference: Difference) -> Plain:
    return {"field": difference.field, "old": difference.old, "new": difference.new}


def estimate_part(estimate: Estimate) -> Plain:
    """Return what one training is expected to bill."""
    return {
        "tokens_per_epoch": estimate.tokens_per_epoch,
        "epochs": estimate.epochs,
        "epochs_assumed": estimate.epochs_are_assumed,
        "trained_tokens": estimate.trained_tokens,
        "exact": estimate.exact,
        "bound": estimate.bound,
        "usd": estimate.usd,
        "usd_per_hour": estimate.usd_per_hour,
    }


def totals_part(totals: Totals) -> Plain:
    """Return the counts by word, and the sums; `usd` is null if any training has no price."""
    return {
        "counts": totals.counts,
        "trained_tokens": totals.trained_tokens,
        "usd": totals.known_usd,
        "exact": totals.exact,
    }


def outcome_part(outcome: Outcome) -> Plain:
    """Return what became of one change."""
    change, lock = outcome.change, settled_lock(outcome)
    job = made_job_of(outcome) or job_of(change)
    return {
        "spec": spec_of(change),
        "outcome": outcome_kind(outcome),
        "change": kind_of(change),
        "reason": change.reason,
        "target": target_of(change),
        "fingerprint": fingerprint_of(change),
        "model": None if lock is None else lock.model,
        "job": job if lock is None else lock.job,
        "trained_tokens": None if lock is None else lock.trained_tokens,
        "usd": None if lock is None else lock.cost_usd,
        "message": message_of(outcome),
        "hint": hint_of(outcome),
        "duplicates": [
            {"job": one.job, "provider_status": one.provider_status, "cancelled": one.cancelled}
            for one in rivals_of(outcome)
        ],
    }


def standing_part(standing: Standing) -> Plain:
    """Return one spec's standing."""
    status = standing.status
    return {
        "spec": status.spec,
        "target": standing.target,
        "sync": status.sync,
        "health": status.health,
        "reason": status.reason,
        "model": status.model,
        "job": None if status.job is None else _job_part(status.job),
        "progress": None if standing.latest is None else _progress_part(standing.latest),
        "bill": None if standing.bill is None else _bill_part(standing.bill),
    }


def _bill_part(bill: Bill) -> Plain:
    return {
        "trained_tokens": _comparison_part(bill.tokens),
        "usd": _comparison_part(bill.usd),
        "usd_per_hour": bill.usd_per_hour,
        "exact": bill.exact,
    }


def _comparison_part(one: Comparison) -> Plain:
    return {"estimated": one.estimated, "billed": one.billed, "percent": one.percent}


def _job_part(job: ObservedJob) -> Plain:
    return {
        "id": job.id,
        "status": job.status,
        "provider_status": job.provider_status,
        "created_at": job.created_at,
        "estimated_finish": job.estimated_finish,
        "finished_at": job.finished_at,
    }


def _progress_part(event: JobEvent) -> Plain | None:
    step = step_of(event)
    if step is None:
        return None
    return {
        "at": event.created_at,
        "step": step.number,
        "total_steps": step.total,
        "percent": step.percent,
        "train_loss": step.loss,
    }


def problem_part(problem: Problem) -> Plain:
    """Return one finding in a file."""
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "severity": "warning" if problem.is_warning else "error",
        "message": problem.message,
        "code": problem.code,
        "field": problem.field,
        "hint": problem.hint,
        "excerpt": problem.excerpt,
    }


def job_event_part(event: JobEvent) -> Plain:
    """Return one line of a job's log, with what it measured."""
    return {
        "id": event.id,
        "created_at": event.created_at,
        "level": event.level,
        "message": event.message,
        "measured": event.measured,
    }


def valid_part(desired: Desired, *, with_tokens: bool = True) -> Plain:
    """Return one spec that holds nothing wrong, with the bytes it is pinned to."""
    validation = desired.pins.validation
    return {
        "spec": desired.name,
        "path": desired.declared.path,
        "fingerprint": desired.fingerprint,
        "training": _pin_part(desired.pins.training, with_tokens=with_tokens),
        "validation": validation and _pin_part(validation, with_tokens=with_tokens),
        "estimate": estimate_part(desired.estimate) if with_tokens else None,
    }


def _pin_part(pin: DataPin, *, with_tokens: bool) -> Plain:
    return {
        "digest": pin.digest,
        "bytes": pin.size,
        "examples": pin.examples,
        "tokens": pin.tokens if with_tokens else None,
        "exact": pin.tokens_exact,
        "bound": pin.tokens_bound,
        "paths": pin.paths,
    }
