"""The truth about what a provider was asked and what it made: jobs, files, requests."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

BASE: Final = "gpt-4.1-mini-2025-04-14"
DEAD: Final = frozenset({"failed", "cancelled"})
FINAL: Final = DEAD | {"succeeded"}


@dataclass(slots=True, kw_only=True)
class Job:
    """One job, and the body that asked for it, whatever listings show of that."""

    id: str
    created_at: int
    body: Mapping[str, Any]
    key: str | None
    status: str = "validating_files"
    model: str | None = None
    looks: int = 0
    listed: int = 0

    @property
    def fingerprint(self) -> str:
        return str((self.body.get("metadata") or {}).get("ftops_fingerprint"))

    @property
    def is_alive(self) -> bool:
        return self.status not in DEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    id: str
    name: str
    content: bytes

    @property
    def is_what_its_name_says(self) -> bool:
        return hashlib.sha256(self.content).hexdigest()[:32] in self.name


@dataclass(slots=True)
class History:
    """All of it, in order.

    A job begins after `looks_in_queue` looks at it and succeeds at its look number
    `looks_to_finish`. `cut_short` counts requests that did not arrive whole, `outwaited` clients
    that were still there when the provider itself had had enough of saying nothing.
    """

    looks_to_finish: int = 2
    looks_in_queue: int = 0
    jobs: dict[str, Job] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    models: set[str] = field(default_factory=lambda: {BASE})
    requests: list[tuple[str, str]] = field(default_factory=list)
    keys_shown: set[str] = field(default_factory=set)
    cut_short: int = 0
    outwaited: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    told: threading.Condition = field(default_factory=threading.Condition)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def ours(self) -> list[Job]:
        """Return the jobs that ftops asked for, eldest first."""
        return [job for job in self.jobs.values() if job.fingerprint != "None"]

    @property
    def posts(self) -> int:
        """Count the creation requests that arrived whole."""
        return self.requests.count(("POST", "/fine_tuning/jobs"))

    def paid_twice(self) -> list[str]:
        """Return the fingerprints that more than one job was ever made for."""
        return _more_than_one(job.fingerprint for job in self.ours)

    def alive_twice(self) -> list[str]:
        """Return the fingerprints that more than one job lives for."""
        return _more_than_one(job.fingerprint for job in self.ours if job.is_alive)

    def copy(self) -> "History":
        """Return another history that began the same way."""
        jobs = {name: replace(job) for name, job in self.jobs.items()}
        begun = History(
            self.looks_to_finish, self.looks_in_queue, jobs, dict(self.uploads), set(self.models)
        )
        begun._ids = count(len(jobs) + len(begun.uploads) + 1)
        return begun

    def accept(self, body: Mapping[str, Any], key: str | None) -> Job:
        with self.lock:
            number = next(self._ids)
            born = int(time.time())  # noqa: TID251 - a provider has a clock of its own
            job = Job(id=f"ftjob-{number:05}", created_at=born, body=body, key=key)
            self.jobs[job.id] = job
            return job

    def keep(self, name: str, content: bytes) -> Upload:
        with self.lock:
            upload = Upload(id=f"file-{next(self._ids):05}", name=name, content=content)
            self.uploads[upload.id] = upload
            return upload

    def look_at(self, job: Job) -> None:
        """Let a look at the job bring it forward, as time would."""
        with self.lock:
            if job.status in FINAL:
                return
            job.looks += 1
            job.status = "running" if job.looks > self.looks_in_queue else "queued"
            if job.looks >= self.looks_to_finish:
                self.finish(job)

    def finish(self, job: Job) -> None:
        """Let the job succeed now."""
        with self.lock:
            job.status = "succeeded"
            job.model = f"ft:{job.body.get('model', BASE)}:rogue::{job.id.removeprefix('ftjob-')}"
            self.models.add(job.model)

    def cancel(self, job: Job) -> None:
        with self.lock:
            if job.status not in FINAL:
                job.status = "cancelled"

    def crowd(self, strangers: int) -> None:
        """Let others have made so many jobs."""
        for _ in range(strangers):
            self.accept({"model": BASE, "metadata": {"team": "others"}}, None).status = "succeeded"


def _more_than_one(fingerprints: Iterable[str]) -> list[str]:
    return sorted(one for one, times in Counter(fingerprints).items() if times > 1)
