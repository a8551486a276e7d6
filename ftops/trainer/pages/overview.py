"""One look at a store: what waits, what runs and how it goes, what was made, what it weighs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ftops.trainer import surroundings
from ftops.trainer.store.database import Database
from ftops.trainer.store.job_life import AT_WORK, FINAL, WAITING, Status
from ftops.trainer.store.jobs_table import Jobs
from ftops.trainer.store.records import Job, TunedModel
from ftops.trainer.store.table import Table, Window

ENDED_SHOWN: Final = 8
MODELS_SHOWN: Final = 12

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobGlance:
    """A job, and its losses so far."""

    job: Job
    train_loss: Points = ()
    valid_loss: Points = ()

    @property
    def step(self) -> int:
        """Return how far it has come."""
        return self.train_loss[-1][0] if self.train_loss else 0

    @property
    def steps(self) -> int | None:
        """Return how far it has to go, once that is known."""
        return None if self.job.resolved is None else self.job.resolved.steps

    @property
    def awaits(self) -> str:
        """Say what it waits for beside its turn here, to be added to its status."""
        return ", waiting for the cluster" if self.job.is_held else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All of it; models and ended jobs newest first, and of both only the last."""

    at: int
    running: tuple[JobGlance, ...]
    queued: tuple[JobGlance, ...]
    paused: tuple[JobGlance, ...]
    ended: tuple[JobGlance, ...]
    models: tuple[TunedModel, ...]
    models_in_all: int
    used_bytes: dict[str, int]
    free_bytes: int

    @property
    def is_busy(self) -> bool:
        """Say whether a later look will differ by itself."""
        return bool(self.running or self.queued)


def look(jobs: Jobs, models: Table[TunedModel], root: Path) -> Overview:
    """Look at a store."""
    begun = jobs.with_status(*AT_WORK)
    held = tuple(job for job in begun if job.is_held)
    recent = jobs.page(Window(limit=100), {}).rows
    ended = [job for job in recent if job.status in FINAL]
    made = models.all()[::-1]
    names = {job.fine_tuned_model for job in recent}
    return Overview(
        at=surroundings.now(),
        running=tuple(_glance(jobs, job) for job in begun if not job.is_held),
        queued=tuple(JobGlance(job=job) for job in (*held, *jobs.with_status(*WAITING))),
        paused=tuple(_glance(jobs, job) for job in jobs.with_status(Status.PAUSED)),
        ended=tuple(_glance(jobs, job) for job in ended[:ENDED_SHOWN]),
        models=tuple(sorted(made, key=lambda one: one.id not in names)[:MODELS_SHOWN]),
        models_in_all=len(made),
        used_bytes={
            "files": _weight(root / "files"),
            "jobs and models": _weight(root / "jobs"),
            "uploads": _weight(root / "uploads") + _weight(root / "incoming"),
            "database": sum(path.stat().st_size for path in root.glob("ftops.sqlite*")),
        },
        free_bytes=surroundings.free_bytes(root),
    )


@contextmanager
def reading(root: Path) -> Iterator[Overview | None]:
    """Look at a store without holding it, its server up or down; None if there is no store."""
    path = root / "ftops.sqlite"
    if not path.is_file():
        yield None
        return
    database = Database(path, reading=True)
    try:
        yield look(Jobs(database), Table(database, "models", TunedModel, ("job_id",)), root)
    finally:
        database.close()


def _glance(jobs: Jobs, job: Job) -> JobGlance:
    told = [event.values or {} for event in jobs.steps(job.id)]
    return JobGlance(
        job=job,
        train_loss=_series(told, "train_loss"),
        valid_loss=_series(told, "valid_loss"),
    )


def _series(told: list[dict[str, object]], name: str) -> Points:
    found = [(each.get("step"), each.get(name)) for each in told]
    return tuple(
        sorted(
            (step, float(value))
            for step, value in found
            if isinstance(step, int) and isinstance(value, int | float)
        )
    )


def _weight(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:
            continue  # Somebody works here while we look.
    return total
