"""Look at one target: its jobs, its models and the intents this machine still waits for."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from ftops.core.lock import Lock
from ftops.core.names import JobId, ModelId, SpecName
from ftops.core.observed import Observed, ObservedJob, ObservedModel
from ftops.errors import ProviderRejected, Refusal
from ftops.ports import Eyes, JournalReader, ProviderReader

WINDOW_PER_SETTLE = 5
"""A new creation is allowed this many settle times after one that was never answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """The jobs of one look, and whether the provider keeps our stamp on them, if that shows."""

    jobs: tuple[ObservedJob, ...]
    keeps_stamps: bool | None


def observe(eyes: Eyes, locks: Mapping[SpecName, Lock], settle_seconds: float) -> Observed:
    """Return one look: one listing per collection, and one request per model that seems gone.

    The journal is read first: an intent that becomes a job meanwhile is then seen as one.
    """
    intents = eyes.journal.open_intents()
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="ftops-look") as pool:
        jobs_seen = pool.submit(sight_jobs, eyes.provider, eyes.journal)
        models_seen = pool.submit(eyes.provider.models)
        sighting, models = jobs_seen.result(), dict(models_seen.result())
    expected = [lock.model_id for lock in locks.values()]
    made = (job.fine_tuned_model for job in sighting.jobs)
    expected += [model for model in made if model is not None]
    models.update(_second_look(eyes, (model for model in expected if model not in models)))
    return Observed(
        at=eyes.clock.now(),
        told_at=eyes.provider.told_at(),
        keeps_stamps=sighting.keeps_stamps,
        jobs=sighting.jobs,
        models=models,
        open_intents=intents,
        confirmation_window=timedelta(seconds=settle_seconds * WINDOW_PER_SETTLE),
    )


def find_jobs(provider: ProviderReader, journal: JournalReader) -> tuple[ObservedJob, ...]:
    """Return the listed jobs, and those that an answer named although no listing shows them."""
    return sight_jobs(provider, journal).jobs


def sight_jobs(provider: ProviderReader, journal: JournalReader) -> Sighting:
    """Return the same, and what it says about the provider: listed jobs carry our stamp."""
    listed = provider.jobs()
    known = {job.id for job in listed}
    unlisted = [
        (intent, seen)
        for intent in journal.open_intents()
        for job_id in intent.jobs
        if job_id not in known and (seen := _job_if_there(provider, job_id)) is not None
    ]
    dropped = any(seen.fingerprint is None for _, seen in unlisted)
    return Sighting(
        jobs=(*listed, *(seen.stamped_by(intent) for intent, seen in unlisted)),
        keeps_stamps=True if listed else False if dropped else None,
    )


def _job_if_there(provider: ProviderReader, job_id: JobId) -> ObservedJob | None:
    try:
        return provider.job(job_id)
    except ProviderRejected as error:
        if error.refusal is Refusal.NOT_FOUND:
            return None
        raise


def _second_look(eyes: Eyes, missing: Iterable[ModelId]) -> dict[ModelId, ObservedModel]:
    """Return the models that answer although a listing left them out."""
    found = {}
    for model_id in dict.fromkeys(missing):
        model = eyes.provider.model(model_id)
        if model is not None:
            found[model_id] = model
    return found


def newest(jobs: Iterable[ObservedJob]) -> ObservedJob | None:
    """Return the youngest of the jobs."""
    return max(jobs, key=lambda job: (job.created_at, job.id), default=None)
