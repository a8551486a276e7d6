"""Write a lock for a job that ftops did not start."""

from ftops.core.cost import Tariff, base_of
from ftops.core.desired import Desired
from ftops.core.lock import Lock, lock_for
from ftops.core.names import JobId
from ftops.core.observed import JobStatus, ObservedJob
from ftops.errors import JobNotFound, RecordError
from ftops.ports import Eyes, LockStore


def adopt(desired: Desired, job_id: JobId, eyes: Eyes, locks: LockStore, tariff: Tariff) -> Lock:
    """Record a succeeded job as what the spec declares, and return the lock.

    The job's base and method must be the spec's; its data cannot be compared, so the person who
    adopts vouches for it.
    """
    job = eyes.provider.job(job_id)
    if job.status is not JobStatus.SUCCEEDED or job.fine_tuned_model is None:
        raise JobNotFound(
            f"job {job_id} is {job.provider_status} and has no model to record",
            hint="adopt a job that has succeeded",
        )
    _reject_others(desired, job)
    if eyes.provider.model(job.fine_tuned_model) is None:
        raise JobNotFound(
            f"model {job.fine_tuned_model} of job {job_id} is gone from the provider",
            hint="adopt a job whose model still exists",
        )
    lock = lock_for(desired, job, tariff)
    locks.prove_writable([desired.name])
    locks.write(lock)
    return lock


def _reject_others(desired: Desired, job: ObservedJob) -> None:
    declared = desired.spec.model
    if isinstance(declared, str) and base_of(declared) != base_of(job.model):
        raise RecordError(
            f"job {job.id} trained {job.model}, but {desired.name} declares {declared}",
            hint=f"set `model: {job.model}` in {desired.declared.path}, or adopt another job",
        )
    if job.method is not None and job.method != desired.spec.method:
        raise RecordError(
            f"job {job.id} used method {job.method}, but {desired.name} declares "
            f"{desired.spec.method}",
            hint=f"set `method: {job.method}` in {desired.declared.path}, or adopt another job",
        )
