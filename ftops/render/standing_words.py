"""How far a spec's running job has come, in words."""

from ftops.core.status import Health, Standing
from ftops.render.steps import step_of
from ftops.render.words import clock_time


def progress_words(standing: Standing) -> str:
    """Return `27% (12/45), ends ~12:30 UTC` as far as known, nothing where no job goes on."""
    job = standing.status.job
    if standing.status.health is not Health.PROGRESSING or job is None:
        return ""
    step = None if standing.latest is None else step_of(standing.latest)
    if step is None:
        told = job.provider_status
    elif step.percent is None:
        told = f"step {step.words}"
    else:
        told = f"{step.percent}% ({step.words})"
    return (
        told
        if job.estimated_finish is None
        else f"{told}, ends ~{clock_time(job.estimated_finish)}"
    )
