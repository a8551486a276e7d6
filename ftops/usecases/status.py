"""Tell each spec's standing, with what a running job measured last."""

from ftops.core.billing import bill_of
from ftops.core.names import JobId
from ftops.core.observed import ObservedJob
from ftops.core.plan import spec_of, target_of
from ftops.core.progress import JobEvent
from ftops.core.status import Health, Standing, assess
from ftops.ports import Eyes, ProviderReader
from ftops.usecases.plan import Prepared


def standings(prepared: Prepared) -> tuple[Standing, ...]:
    """Return one standing per change; asks for events only where a job runs."""
    found = []
    for change in prepared.plan.changes:
        target = target_of(change)
        lock = prepared.locks[target].get(spec_of(change))
        status = assess(change, lock)
        site = prepared.sites[target]
        eyes = site.eyes
        latest = _latest_step(eyes, status.job) if status.health is Health.PROGRESSING else None
        bill = bill_of(change, lock, site.facts.stands_in)
        found.append(Standing(status=status, target=target, latest=latest, bill=bill))
    return tuple(found)


def _latest_step(eyes: Eyes, job: ObservedJob | None) -> JobEvent | None:
    return None if job is None else last_step(eyes.provider, job.id)


def last_step(provider: ProviderReader, job_id: JobId) -> JobEvent | None:
    """Return the newest event of a job that measured a step."""
    steps = [event for event in provider.events(job_id) if event.step is not None]
    return steps[-1] if steps else None
