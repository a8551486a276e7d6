"""The one decision: desired, recorded and observed in; a plan of changes with reasons out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ftops.core.canonical import sha256_of
from ftops.core.desired import Desired
from ftops.core.difference import Difference, differences
from ftops.core.lock import Lock, job_of
from ftops.core.names import Digest, Fingerprint, SpecName, TargetName
from ftops.core.observed import Observed, ObservedJob, OpenIntent
from ftops.core.rivals import rivals_of, winner_of


class Reason(StrEnum):
    """Why a change is planned; for people only, nothing is ever decided by it."""

    IN_SYNC = "in-sync"
    SPEC_ADDED = "spec-added"
    INPUTS_CHANGED = "inputs-changed"
    METADATA_CHANGED = "metadata-changed"
    MODEL_MISSING = "model-missing"
    JOB_IN_FLIGHT = "job-in-flight"
    JOB_FAILED = "job-failed"
    CREATION_UNCONFIRMED = "creation-unconfirmed"
    MODEL_UNRECORDED = "model-unrecorded"
    TARGET_CHANGED = "target-changed"
    SPEC_REMOVED = "spec-removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Nothing to do; `rivals` are jobs that would make the very same model once more."""

    desired: Desired
    lock: Lock
    reason: Reason = Reason.IN_SYNC
    rivals: tuple[ObservedJob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabel:
    """Same weights, other words: only the lock's metadata changes."""

    desired: Desired
    lock: Lock
    reason: Reason = Reason.METADATA_CHANGED
    rivals: tuple[ObservedJob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Await:
    """Somebody is already making it: wait for that job."""

    desired: Desired
    job: ObservedJob
    reason: Reason = Reason.JOB_IN_FLIGHT
    rivals: tuple[ObservedJob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The model exists and only the lock is missing."""

    desired: Desired
    job: ObservedJob
    reason: Reason = Reason.MODEL_UNRECORDED
    rivals: tuple[ObservedJob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Somebody may be making it: look again before anything else."""

    desired: Desired
    intent: OpenIntent
    reason: Reason = Reason.CREATION_UNCONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """Launch a job: the only change that spends money.

    `seen` is how many stamped jobs of this fingerprint are known dead; a retry is told from them
    by it. `insisted` says that a person asked for it by name.
    """

    desired: Desired
    reason: Reason
    differences: tuple[Difference, ...] = ()
    seen: int = 0
    insisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A person must decide: a job died, a model vanished, or a creation left no trace."""

    desired: Desired
    reason: Reason
    job: ObservedJob | None = None
    lock: Lock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """The spec is gone: drop the lock; the model stays at the provider."""

    lock: Lock
    reason: Reason = Reason.SPEC_REMOVED


Making = Train | Await | Confirm
"""The changes that end with a job's model."""

Change = Keep | Relabel | Await | Record | Confirm | Train | Hold | Forget


def spec_of(change: Change) -> SpecName:
    """Return the name of the spec a change is about."""
    return change.lock.spec_name if isinstance(change, Forget) else change.desired.name


def fingerprint_of(change: Change) -> Fingerprint:
    """Return the fingerprint a change is about."""
    if isinstance(change, Forget):
        return Fingerprint(change.lock.fingerprint)
    return change.desired.fingerprint


def target_of(change: Change) -> TargetName:
    """Return the target a change is about."""
    if isinstance(change, Forget):
        return TargetName(change.lock.target)
    return change.desired.target


def rivals_to(change: Change) -> tuple[ObservedJob, ...]:
    """Return the duplicates of what a change keeps, awaits or records."""
    return change.rivals if isinstance(change, Keep | Relabel | Await | Record) else ()


def kind_of(change: Change) -> str:
    """Return the change's kind as one lower-case word."""
    return type(change).__name__.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What apply would do, in an order in which it can be done; over one target or several."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Say whether everything is kept, and nothing is made twice."""
        return all(isinstance(change, Keep) and not change.rivals for change in self.changes)

    @property
    def trains(self) -> tuple[Train, ...]:
        """Return the changes that would launch a job."""
        return tuple(change for change in self.changes if isinstance(change, Train))

    @property
    def digest(self) -> Digest:
        """Return the digest of what would be done: target, and each spec, kind and fingerprint."""
        rows = [
            [target_of(one), spec_of(one), kind_of(one), fingerprint_of(one)]
            for one in self.changes
        ]
        return Digest(sha256_of(sorted(rows)))

    @property
    def usd(self) -> float | None:
        """Return what all launches are expected to cost, or None if any of them has no price."""
        costs = [change.desired.estimate.usd for change in self.trains]
        return None if None in costs else sum(cost for cost in costs if cost is not None)


def decide(
    desired: Desired, lock: Lock | None, observed: Observed, *, retry: bool = False
) -> Change:
    """Return the one change for a declared spec; the table of the README, top to bottom.

    An open intent is looked at before a dead job: a `--retry` whose answer was lost is confirmed
    first, or the third run would pay again.
    """
    jobs = observed.jobs_of(desired.fingerprint)
    recorded = lock is not None and lock.is_for(desired.fingerprint, desired.target)
    if lock is not None and recorded and observed.has_model(lock.model_id):
        rivals = rivals_of(job_of(lock), jobs)
        if desired.metadata_matches(lock.metadata):
            return Keep(desired=desired, lock=lock, rivals=rivals)
        return Relabel(desired=desired, lock=lock, rivals=rivals)
    winner = winner_of(jobs, observed.has_model)
    if winner is not None:
        become = Record if observed.has_model(winner.fine_tuned_model) else Await
        return become(desired=desired, job=winner, rivals=rivals_of(winner.id, jobs))
    intent = observed.intent_of(desired.fingerprint)
    if intent is not None:
        return Confirm(desired=desired, intent=intent)
    if observed.lost_intent_of(desired.fingerprint) is not None and not retry:
        return Hold(desired=desired, reason=Reason.CREATION_UNCONFIRMED, lock=lock)
    return _decide_unmade(desired, lock, jobs, retry=retry)


def _decide_unmade(
    desired: Desired, lock: Lock | None, jobs: Sequence[ObservedJob], *, retry: bool
) -> Change:
    """Decide where nothing lives and nothing may turn up: train, or hold what died."""
    recorded = lock is not None and lock.is_for(desired.fingerprint, desired.target)
    vanished = recorded or any(not job.status.is_dead for job in jobs)
    reason = _reason_to_train(desired, lock)
    if vanished or jobs:
        reason = Reason.MODEL_MISSING if vanished else Reason.JOB_FAILED
        if not retry:
            return Hold(desired=desired, reason=reason, job=jobs[-1] if jobs else None, lock=lock)
    changed = differences(lock.inputs, desired.inputs) if lock is not None else ()
    return Train(
        desired=desired, reason=reason, differences=changed, seen=len(jobs), insisted=retry
    )


def _reason_to_train(desired: Desired, lock: Lock | None) -> Reason:
    if lock is None:
        return Reason.SPEC_ADDED
    if lock.target != desired.target:
        return Reason.TARGET_CHANGED
    return Reason.INPUTS_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one run is about: the specs in dependency order, and what a person asked for.

    `declared` are the names of all specs, also those a narrowed run leaves out, so that nothing
    still declared is forgotten; `retry` names the specs that may be paid for again.
    """

    desired: tuple[Desired, ...]
    declared: frozenset[SpecName]
    retry: frozenset[SpecName] = frozenset()


def make_plan(wanted: Wanted, locks: Mapping[SpecName, Lock], observed: Observed) -> Plan:
    """Return the plan: pure, and blind to the order of locks, jobs, files and models."""
    changes: list[Change] = [
        decide(one, locks.get(one.name), observed, retry=one.name in wanted.retry)
        for one in wanted.desired
    ]
    orphans = sorted(name for name in locks if name not in wanted.declared)
    changes += [Forget(lock=locks[name]) for name in orphans]
    return Plan(changes=tuple(changes))
