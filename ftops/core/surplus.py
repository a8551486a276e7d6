"""Models and files of ours at the provider that nothing declared or recorded needs any more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ftops.core.lock import Lock
from ftops.core.names import FileId, Fingerprint, ModelId, TargetName
from ftops.core.observed import STAMP_SPEC, Observed, ObservedFile, ObservedJob

OUR_FILES = "ftops-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What must stay: of every lock on every branch, of every declared spec, of every open intent.

    `names` are those that the data declared now would be uploaded under.
    """

    models: frozenset[ModelId] = frozenset()
    files: frozenset[FileId] = frozenset()
    fingerprints: frozenset[Fingerprint] = frozenset()
    names: frozenset[str] = frozenset()

    def with_locks(self, locks: Iterable[Lock]) -> "Needed":
        """Return the same with what the locks name."""
        kept = tuple(locks)
        return Needed(
            models=self.models | {lock.model_id for lock in kept},
            files=self.files | {FileId(file) for lock in kept for file in lock.files.values()},
            fingerprints=self.fingerprints,
            names=self.names,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusModel:
    """A model that one of our jobs made and nothing needs."""

    id: ModelId
    spec: str
    job: str
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """What may be deleted on one target."""

    models: tuple[SurplusModel, ...] = ()
    files: tuple[ObservedFile, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing."""
        return not self.models and not self.files


def find_surplus(
    seen: Observed, everyone: Iterable[ObservedJob], needed: Needed, min_age: timedelta
) -> Surplus:
    """Return what no lock, no declared spec and no job at work needs; `seen.jobs` are ours.

    `everyone` are all jobs of the account: a file that a job of others was trained on is theirs
    too. What is younger than `min_age` may be needed on a branch that was not pushed yet.
    """
    before = seen.at - min_age
    old = [job for job in seen.jobs if _is_over_since(job, before)]
    models = tuple(
        SurplusModel(
            id=job.fine_tuned_model,
            spec=job.metadata.get(STAMP_SPEC, ""),
            job=job.id,
            finished_at=job.finished_at,
        )
        for job in sorted(old, key=lambda job: (job.created_at, job.id))
        if job.fine_tuned_model is not None
        and job.finished_at is not None
        and _is_surplus(job, job.fine_tuned_model, seen, needed)
    )
    return Surplus(models=models, files=_surplus_files(seen, old, tuple(everyone), needed))


def _is_over_since(job: ObservedJob, before: datetime) -> bool:
    finished = job.finished_at or job.created_at
    return job.status.is_final and finished <= before


def _is_surplus(job: ObservedJob, model: ModelId, seen: Observed, needed: Needed) -> bool:
    named = {each for intent in seen.open_intents for each in intent.jobs}
    is_needed = model in needed.models or job.fingerprint in needed.fingerprints
    return seen.has_model(model) and not is_needed and job.id not in named


def _surplus_files(
    seen: Observed,
    old: list[ObservedJob],
    everyone: tuple[ObservedJob, ...],
    needed: Needed,
) -> tuple[ObservedFile, ...]:
    """Return the files that only old jobs of ours were trained on."""
    old_ids = {job.id for job in old if job.fingerprint not in needed.fingerprints}
    others = [job for job in (*seen.jobs, *everyone) if job.id not in old_ids]
    ours = _files_of(job for job in old if job.id in old_ids)
    used = _files_of(others)
    return tuple(
        file
        for file in sorted(seen.files, key=lambda file: file.id)
        if file.id in ours - used - needed.files
        and file.name.startswith(OUR_FILES)
        and file.name not in needed.names
    )


def _files_of(jobs: Iterable[ObservedJob]) -> set[FileId]:
    named = (file for job in jobs for file in (job.training_file, job.validation_file))
    return {file for file in named if file is not None}


def total(found: Mapping[TargetName, Surplus]) -> tuple[int, int]:
    """Return how many models and how many files there are on all targets."""
    return (
        sum(len(one.models) for one in found.values()),
        sum(len(one.files) for one in found.values()),
    )
