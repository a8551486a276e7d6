"""Models as they are shown: the one each spec has, and every one it had."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ftops.core.lifecycle import shutdown_of
from ftops.core.lock import Lock
from ftops.core.names import ModelId
from ftops.core.observed import Observed
from ftops.serve.snapshot.values import JobView, JobWord, ModelView, ModelWord
from ftops.usecases.survey import Sight, Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """A lock, and the commit that brought it if it is known."""

    lock: Lock
    commit: str | None
    is_current: bool


def model_views(survey: Survey, jobs: Sequence[JobView]) -> tuple[ModelView, ...]:
    """Return every model once, newest first; what a lock says of it wins."""
    shown: dict[str, ModelView] = {}
    for sight in survey.sights.values():
        for one in _recorded(survey, sight):
            shown.setdefault(one.lock.model, _of_lock(one, sight))
    for job in jobs:
        sight_of_job = next(
            (one for one in survey.sights.values() if one.facts.target == job.target), None
        )
        if job.model is not None and job.status is JobWord.COMPLETED and sight_of_job is not None:
            shown.setdefault(job.model, _of_job(job, job.model, sight_of_job))
    return _numbered(sorted(shown.values(), key=lambda one: (one.created_at, one.id)))


def _recorded(survey: Survey, sight: Sight) -> Iterator[_Recorded]:
    target = sight.facts.target
    for name, lock in sight.locks.items():
        told = survey.histories.get(name, ())
        found = next((one for one in told if one.lock and one.lock.model == lock.model), None)
        commit = None if found is None else found.version.commit
        yield _Recorded(lock=lock, commit=commit, is_current=True)
    for told in survey.histories.values():
        for chapter in told:
            if chapter.lock is not None and chapter.lock.target == target:
                commit = chapter.version.commit
                yield _Recorded(lock=chapter.lock, commit=commit, is_current=False)


def _of_lock(one: _Recorded, sight: Sight) -> ModelView:
    lock = one.lock
    ends, left = _shutdown(lock.model, sight)
    return ModelView(
        id=lock.model,
        created_at=lock.finished_at or lock.created_at,
        status=_word(lock.model_id, sight.observed),
        spec=lock.spec,
        version=lock.metadata.get("version", ""),
        is_current=one.is_current,
        base_model=lock.base_model,
        target=lock.target,
        job_id=lock.job,
        shutdown_date=ends,
        days_left=left,
        trained_tokens=lock.trained_tokens,
        cost_usd=lock.cost_usd,
        fingerprint=lock.fingerprint,
        commit=one.commit,
        metadata=lock.metadata,
    )


def _of_job(job: JobView, model: str, sight: Sight) -> ModelView:
    ends, left = _shutdown(model, sight)
    return ModelView(
        id=model,
        created_at=job.finished_at or job.created_at,
        status=_word(ModelId(model), sight.observed),
        spec=job.spec,
        version=job.metadata.get("version", ""),
        is_current=False,
        base_model=job.base_model,
        target=job.target,
        job_id=job.job_id,
        shutdown_date=ends,
        days_left=left,
        trained_tokens=job.trained_tokens,
        cost_usd=job.cost_usd,
        fingerprint=job.fingerprint,
        commit=job.commit,
        metadata=job.metadata,
    )


def _numbered(oldest_first: Sequence[ModelView]) -> tuple[ModelView, ...]:
    """Give a model without a declared version its number among those of its spec."""
    seen: dict[str | None, int] = {}
    numbered = []
    for one in oldest_first:
        seen[one.spec] = seen.get(one.spec, 0) + 1
        numbered.append(one if one.version else replace(one, version=str(seen[one.spec])))
    return tuple(reversed(numbered))


def _word(model: ModelId, observed: Observed | None) -> ModelWord:
    if observed is None:
        return ModelWord.UNKNOWN
    return ModelWord.READY if observed.has_model(model) else ModelWord.MISSING


def _shutdown(model: str, sight: Sight) -> tuple[date | None, int | None]:
    observed = sight.observed or Observed(at=sight.at)
    found = shutdown_of(model, observed, use_table=sight.facts.is_openai)
    return (None, None) if found is None else (found.day, found.days_left(sight.at.date()))


def current_of(models: Sequence[ModelView]) -> Mapping[str, ModelView]:
    """Return the model that each spec has now."""
    return {one.spec: one for one in models if one.is_current and one.spec is not None}
