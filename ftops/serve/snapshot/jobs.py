"""Jobs as they are shown: those the provider lists, and those only a lock remembers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil
from typing import Any, Final

from ftops.core.desired import Desired
from ftops.core.lock import Lock
from ftops.core.names import Fingerprint, JobId, SpecName
from ftops.core.observed import STAMP_COMMIT, JobStatus, ObservedJob
from ftops.core.plan import Forget, Plan
from ftops.serve.snapshot.trail import Course, Trail, course_of
from ftops.serve.snapshot.values import JobError, JobView, JobWord
from ftops.usecases.survey import Sight, Survey

WORDS: Final[Mapping[JobStatus, JobWord]] = {
    JobStatus.VALIDATING_FILES: JobWord.QUEUED,
    JobStatus.QUEUED: JobWord.QUEUED,
    JobStatus.RUNNING: JobWord.RUNNING,
    JobStatus.PAUSING: JobWord.RUNNING,
    JobStatus.PAUSED: JobWord.RUNNING,
    JobStatus.UNRECOGNISED: JobWord.RUNNING,
    JobStatus.SUCCEEDED: JobWord.COMPLETED,
    JobStatus.FAILED: JobWord.FAILED,
    JobStatus.CANCELLED: JobWord.CANCELLED,
}
"""The provider's own word stays beside it, so nothing is lost by having only five."""

DONE: Final = 100

Trails = Mapping[JobId, Trail]


def job_views(survey: Survey, trails: Trails) -> tuple[JobView, ...]:
    """Return every job of the project once, newest first."""
    shown: dict[str, JobView] = {}
    for sight in survey.sights.values():
        for job in sight.observed.jobs if sight.observed is not None else ():
            shown[job.id] = _view_of(job, sight, trails.get(job.id))
        for lock in _locks(survey, sight):
            shown.setdefault(lock.job, _view_of_lock(lock, sight))
    return tuple(sorted(shown.values(), key=lambda one: (one.created_at, one.job_id), reverse=True))


def _locks(survey: Survey, sight: Sight) -> Iterator[Lock]:
    """Yield the target's locks, those of today first, then those of git's history."""
    yield from sight.locks.values()
    for told in survey.histories.values():
        for chapter in told:
            if chapter.lock is not None and chapter.lock.target == sight.facts.target:
                yield chapter.lock


def _view_of(job: ObservedJob, sight: Sight, trail: Trail | None) -> JobView:
    desired = desired_of(sight.plan, job.fingerprint)
    lock = next((one for one in sight.locks.values() if one.job == job.id), None)
    course = Course() if trail is None else course_of(trail, _expected_steps(job, desired))
    word = WORDS[job.status]
    return JobView(
        job_id=job.id,
        spec=lock.spec if lock is not None else job.stamped_spec,
        target=sight.facts.target,
        status=word,
        provider_status=job.provider_status,
        progress=DONE if word is JobWord.COMPLETED else course.percent,
        model=job.fine_tuned_model,
        base_model=job.model,
        created_at=job.created_at,
        finished_at=job.finished_at,
        estimated_finish=None if job.status.is_final else job.estimated_finish or course.finish,
        trained_tokens=job.trained_tokens,
        cost_usd=_cost(job, lock, sight),
        is_current=lock is not None,
        method=job.method,
        hyperparameters=job.hyperparameters,
        declared_hyperparameters=_declared_hyperparameters(desired, lock),
        seed=job.seed,
        step=course.step,
        total_steps=course.total,
        metrics={} if trail is None else trail.latest,
        metadata=job.own_metadata,
        fingerprint=job.fingerprint,
        commit=job.metadata.get(STAMP_COMMIT),
        training_file=job.training_file,
        validation_file=job.validation_file,
        error=_error_of(job),
    )


def _view_of_lock(lock: Lock, sight: Sight) -> JobView:
    """Show a job that the provider no longer lists, or that ftops never stamped."""
    resolved = dict(lock.resolved)
    seed = resolved.pop("seed", None)
    return JobView(
        job_id=lock.job,
        spec=lock.spec,
        target=lock.target,
        status=JobWord.COMPLETED,
        provider_status=JobStatus.SUCCEEDED,
        progress=DONE,
        model=lock.model,
        base_model=lock.base_model,
        created_at=lock.created_at,
        finished_at=lock.finished_at,
        estimated_finish=None,
        trained_tokens=lock.trained_tokens,
        cost_usd=lock.cost_usd,
        is_current=lock.spec_name in sight.locks and sight.locks[lock.spec_name].job == lock.job,
        method=_text(lock.inputs.get("method")),
        hyperparameters=resolved,
        declared_hyperparameters=_declared_hyperparameters(None, lock),
        seed=seed if isinstance(seed, int) else None,
        metadata=lock.metadata,
        fingerprint=lock.fingerprint,
        training_file=lock.files.get("training_file"),
        validation_file=lock.files.get("validation_file"),
    )


def desired_of(plan: Plan | None, fingerprint: Fingerprint | None) -> Desired | None:
    """Return what the plan wants under that fingerprint."""
    for change in () if plan is None or fingerprint is None else plan.changes:
        if not isinstance(change, Forget) and change.desired.fingerprint == fingerprint:
            return change.desired
    return None


def _expected_steps(job: ObservedJob, desired: Desired | None) -> int | None:
    """Return the steps that epochs, batch size and examples come to, if all are known."""
    epochs, batch = job.hyperparameters.get("n_epochs"), job.hyperparameters.get("batch_size")
    if desired is None or not isinstance(epochs, int) or not isinstance(batch, int) or batch < 1:
        return None
    return ceil(desired.pins.training.examples / batch) * epochs


def _cost(job: ObservedJob, lock: Lock | None, sight: Sight) -> float | None:
    if lock is not None:
        return lock.cost_usd
    if job.trained_tokens is None:
        return None
    return sight.tariff.cost(job.model, job.trained_tokens, job.method)


def _declared_hyperparameters(desired: Desired | None, lock: Lock | None) -> Mapping[str, Any]:
    if desired is not None:
        return desired.spec.hyperparameters.declared()
    asked = {} if lock is None else lock.inputs.get("hyperparameters")
    return asked if isinstance(asked, dict) else {}


def _error_of(job: ObservedJob) -> JobError | None:
    if not job.status.is_dead:
        return None
    name = job.stamped_spec or SpecName("NAME")
    hint = f"see `ftops logs {name}`; train it again with `ftops apply --retry {name}`"
    if job.failure is None:
        return JobError(code=job.status, message=f"it ended as {job.provider_status}", hint=hint)
    if "file" in job.failure.code:
        hint = f"correct the dataset of {name} and apply again"
    return JobError(code=job.failure.code, message=job.failure.message, hint=hint)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def with_trail(view: JobView, trail: Trail) -> JobView:
    """Return a job's view with what its log, fetched later, measured."""
    course = course_of(trail, view.total_steps)
    return replace(
        view, metrics=trail.latest, step=course.step, total_steps=course.total or view.total_steps
    )
