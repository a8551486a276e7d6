"""Jobs and their events in the store; every change of status goes through the transition table."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ftops.trainer import ids, surroundings
from ftops.trainer.store.database import Database
from ftops.trainer.store.job_life import FINAL, Happening, Status, after
from ftops.trainer.store.records import Job, JobEvent
from ftops.trainer.store.table import Page, Table, Where, Window, holding


class KeyReusedError(Exception):
    """An idempotency key came again with another request."""


class Jobs:
    """The jobs table and the events table, which change together."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._database = database
        self._jobs = Table(database, "jobs", Job, ("status", "metadata"))
        self._events = Table(database, "events", JobEvent, ("job_id", "step"))

    def create(self, job: Job, first_words: Iterable[str]) -> Job:
        """Add a job with its first events."""
        with self._database.transaction():
            self._jobs.add(job)
            for words in first_words:
                self.tell(job.id, words)
        return job

    def create_once(
        self, job: Job, first_words: Iterable[str], *, key: str | None, digest: str
    ) -> Job:
        """Add a job unless this key already made one, which is then returned."""
        if key is None:
            return self.create(job, first_words)
        with self._database.transaction():
            made = self._database.rows("SELECT digest, job_id FROM job_keys WHERE key = ?", (key,))
            for known_digest, job_id in made:
                if known_digest != digest:
                    raise KeyReusedError(key)
                return self.known(job_id)
            self._database.change("INSERT INTO job_keys VALUES (?, ?, ?)", (key, digest, job.id))
            return self.create(job, first_words)

    def get(self, job_id: str) -> Job | None:
        """Return the job of that id."""
        return self._jobs.get(job_id)

    def known(self, job_id: str) -> Job:
        """Return a job that is there: jobs are never deleted."""
        job = self._jobs.get(job_id)
        if job is None:
            raise LookupError(job_id)
        return job

    def with_status(self, *statuses: Status) -> tuple[Job, ...]:
        """Return the jobs in one of these states, oldest first."""
        marks = ", ".join("?" for _ in statuses)
        return self._jobs.all(Where(text=f"status IN ({marks})", values=statuses))

    def page(self, window: Window, metadata: Mapping[str, str] | None) -> Page[Job]:
        """List jobs whose metadata holds all these pairs; `None` wants jobs without metadata."""
        return self._jobs.page(window, holding(metadata))

    def move(self, job_id: str, happening: Happening, **changes: Any) -> Job:  # noqa: ANN401 replace()'s own
        """Let something befall a job, changing other fields with it."""
        with self._database.transaction():
            job = self.known(job_id)
            status = after(job.status, happening)
            if status in FINAL:
                ended = {"finished_at": surroundings.now(), "estimated_finish": None}
                changes = ended | changes
            return self._put(replace(job, status=status, **changes))

    def amend(self, job_id: str, **changes: Any) -> Job:  # noqa: ANN401 replace()'s own
        """Change fields of a job other than its status."""
        with self._database.transaction():
            return self._put(replace(self.known(job_id), **changes))

    def tell(self, job_id: str, message: str, *, level: str = "info") -> None:
        """Append a message to a job's log."""
        self.tell_event(
            JobEvent(
                id=ids.event_id(),
                job_id=job_id,
                created_at=surroundings.now(),
                level=level,
                type="message",
                message=message,
            )
        )

    def tell_event(self, event: JobEvent) -> None:
        """Append an event; a step told before, by a worker of an older state, is dropped."""
        if event.step is None or not self.has_step(event.job_id, event.step):
            self._events.add(event)

    def has_said(self, job_id: str, message: str) -> bool:
        """Say whether a job's log holds this message."""
        told = self._events.all(Where(text="job_id = ? AND step IS NULL", values=(job_id,)))
        return any(event.message == message for event in told)

    def steps(self, job_id: str) -> tuple[JobEvent, ...]:
        """Return the metrics told so far."""
        return self._events.all(Where(text="job_id = ? AND step IS NOT NULL", values=(job_id,)))

    def has_step(self, job_id: str, step: int) -> bool:
        """Say whether the metrics of a step were told."""
        return bool(self._events.all(Where(text="job_id = ? AND step = ?", values=(job_id, step))))

    def last_step(self, job_id: str) -> int:
        """Return how far the job has come."""
        ((step,),) = self._database.rows("SELECT MAX(step) FROM events WHERE job_id = ?", (job_id,))
        return step or 0

    def events(self, job_id: str, window: Window) -> Page[JobEvent]:
        """List a job's log."""
        return self._events.page(window, Where(text="job_id = ?", values=(job_id,)))

    def _put(self, job: Job) -> Job:
        self._jobs.put(job)
        return job
