"""Find the job that a person means, and lay a hand on it."""

from collections.abc import Callable, Sequence

from ftops.core.names import JobId, ModelId, SpecName
from ftops.core.observed import ObservedJob
from ftops.errors import JobNotFound
from ftops.ports import Eyes, JobControl
from ftops.usecases.look import find_jobs, newest

JOB_ID_PREFIXES = ("ftjob-", "ft-")


def find_job(name: str, eyes: Eyes) -> ObservedJob:
    """Return the job a spec's name or a job id means: the youngest stamped one, else its lock's.

    Raises JobNotFound if the spec has none.
    """
    if name.startswith(JOB_ID_PREFIXES):
        return eyes.provider.job(JobId(name))
    job = newest(one for one in find_jobs(eyes.provider, eyes.journal) if one.stamped_spec == name)
    lock = eyes.locks.read().get(SpecName(name))
    if lock is not None and (job is None or job.created_at < lock.created_at):
        return eyes.provider.job(JobId(lock.job))
    if job is None:
        raise JobNotFound(f"{name} has no job", hint=f"`ftops apply {name}` launches one")
    return job


def find_running_job(name: str, eyes: Eyes) -> ObservedJob:
    """Return the job a person means, if it can still be acted on; else raise JobNotFound."""
    job = find_job(name, eyes)
    if job.status.is_final:
        raise JobNotFound(
            f"job {job.id} of {name} has already ended as {job.provider_status}",
            hint="`ftops status` shows which jobs run",
        )
    return job


def act_on(
    name: str, eyes: Eyes, verb: Callable[[JobControl, JobId], ObservedJob], control: JobControl
) -> ObservedJob:
    """Cancel, pause or resume the running job that a person means, and return it as it is now."""
    return verb(control, find_running_job(name, eyes).id)


def find_model(name: str, eyes: Eyes, spec_names: Sequence[str]) -> ModelId:
    """Return the model that a spec's name or a model id means; JobNotFound if the spec has none."""
    lock = eyes.locks.read().get(SpecName(name))
    if lock is not None:
        return lock.model_id
    if name in spec_names:
        raise JobNotFound(
            f"{name} has no recorded model", hint=f"`ftops apply {name}` trains or records one"
        )
    return ModelId(name)
