"""A provider in memory that keeps the port's contract, and breaks where a test tells it to."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from ftops.core.names import Digest, FileId, Fingerprint, JobId, ModelId, upload_name
from ftops.core.observed import (
    JobFailure,
    JobStatus,
    ObservedFile,
    ObservedJob,
    ObservedModel,
)
from ftops.core.orders import JobOrder, Question
from ftops.core.progress import JobEvent
from ftops.errors import ProviderRejected, ProviderUnavailable, Refusal
from ftops.ports import Clock
from tests.fakes.clock import FakeClock
from tests.fakes.fuse import Crash, Fuse
from tests.fakes.memory import memory_size
from tests.fakes.specs import BASE, PROJECT


class Fault(StrEnum):
    """What goes wrong with one creation."""

    LOST_REQUEST = "never arrives, and nobody answers"
    LOST_ANSWER = "is accepted, and the answer is lost"
    CRASH_BEFORE = "never arrives: the process dies first"
    CRASH_AFTER = "is accepted, and the process dies before the answer"


class FakeProvider:
    """Provider, JobControl and ModelProbe in one.

    A job succeeds at its look number `looks_to_finish`, counted again after a pause (None: only by
    `finish`); listings show a
    job `listing_lag` seconds after its creation. `faults` are used up, one a creation. `posts`
    counts creation requests that arrived; `created` holds the fingerprint of every job that was
    made and would be billed.
    """

    def __init__(
        self,
        project: str = PROJECT,
        *,
        clock: Clock | None = None,
        fuse: Fuse | None = None,
        looks_to_finish: int | None = 2,
        listing_lag: float = 0,
    ) -> None:
        self.project = project
        self.clock: Clock = clock or FakeClock()
        self.fuse = fuse or Fuse()
        self.looks_to_finish = looks_to_finish
        self.listing_lag = listing_lag
        self.honours_idempotency = False
        self.tells_time = True
        self.faults: list[Fault | ProviderRejected] = []
        self.reading_fault: Exception | None = None
        self.posts = 0
        self.created: list[Fingerprint] = []
        self.uploads = 0
        self.asked: list[tuple[ModelId, Question]] = []
        self.asking_fault: Exception | None = None
        self.asking_fault_after: tuple[int, Exception | None] = (0, None)
        self.contents: dict[FileId, bytes] = {}
        self._jobs: dict[JobId, ObservedJob] = {}
        self._looks: dict[JobId, int] = {}
        self._keys: dict[str, JobId] = {}
        self._events: dict[JobId, list[JobEvent]] = {}
        self._files: dict[FileId, ObservedFile] = {}
        self._models = {BASE: ObservedModel(id=BASE)}
        self._lock = threading.RLock()

    def jobs(self) -> tuple[ObservedJob, ...]:
        self._look("jobs")
        shown = self.clock.now() - timedelta(seconds=self.listing_lag)
        with self._lock:
            ours = [job for job in self._jobs.values() if job.is_of(self.project)]
        return tuple(reversed([job for job in ours if job.created_at <= shown]))

    def unstamped_jobs(self, training_file: FileId) -> tuple[ObservedJob, ...]:
        self._look("unstamped jobs")
        shown = self.clock.now() - timedelta(seconds=self.listing_lag)
        with self._lock:
            mine = [one for one in self._jobs.values() if one.training_file == training_file]
        return tuple(one for one in mine if one.fingerprint is None and one.created_at <= shown)

    def told_at(self) -> datetime | None:
        return self.clock.now() if self.tells_time else None

    def files(self) -> tuple[ObservedFile, ...]:
        self._look("files")
        return tuple(self._files.values())

    def models(self) -> Mapping[ModelId, ObservedModel]:
        self._look("models")
        return dict(self._models)

    def model(self, model_id: ModelId) -> ObservedModel | None:
        self._look("model")
        return self._models.get(model_id)

    def job(self, job_id: JobId) -> ObservedJob:
        self._look("job")
        with self._lock:
            job = self._known(job_id)
            if job.status in {JobStatus.VALIDATING_FILES, JobStatus.QUEUED, JobStatus.RUNNING}:
                self._looks[job_id] = self._looks.get(job_id, 0) + 1
                self._advance(job)
            return self._jobs[job_id]

    def events(self, job_id: JobId, after: str | None = None) -> tuple[JobEvent, ...]:
        self._look("events")
        self._known(job_id)
        events = tuple(self._events[job_id])
        ids = [event.id for event in events]
        return events[ids.index(after) + 1 :] if after in ids else events

    def content(self, file_id: FileId) -> bytes:
        self._look("content")
        if file_id not in self.contents:
            raise ProviderRejected(f"No such file: {file_id}", refusal=Refusal.NOT_FOUND)
        return self.contents[file_id]

    def upload(self, path: str, digest: Digest) -> FileId:
        self.fuse.burn("before an upload")
        size = memory_size(path)
        with self._lock:
            self.uploads += 1
            file_id = FileId(f"file-{self.uploads:03}")
            self._files[file_id] = ObservedFile(
                id=file_id,
                name=upload_name(digest),
                size=Path(path).stat().st_size if size is None else size,
                status="processed",
            )
        self.fuse.burn("after an upload")
        return file_id

    def create_job(self, order: JobOrder) -> ObservedJob:
        self.fuse.burn("before a creation")
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.CRASH_BEFORE:
            raise Crash(fault)
        if fault is Fault.LOST_REQUEST:
            raise ProviderUnavailable("no answer")
        self.posts += 1
        if isinstance(fault, ProviderRejected):
            raise fault
        if order.training_file not in self._files:
            raise ProviderRejected(f"No such file: {order.training_file}")
        job = self._accept(order)
        self.fuse.burn("after a creation")
        if fault is Fault.LOST_ANSWER:
            raise ProviderUnavailable("no answer")
        if fault is Fault.CRASH_AFTER:
            raise Crash(fault)
        return job

    def all_jobs(self) -> tuple[ObservedJob, ...]:
        self._look("jobs")
        return tuple(self._jobs.values())

    def delete_model(self, model_id: ModelId) -> None:
        if model_id not in self._models:
            raise ProviderRejected(f"No such model: {model_id}", refusal=Refusal.NOT_FOUND)
        self.retire(model_id)

    def delete_file(self, file_id: FileId) -> None:
        if file_id not in self._files:
            raise ProviderRejected(f"No such file: {file_id}", refusal=Refusal.NOT_FOUND)
        del self._files[file_id]

    def cancel(self, job_id: JobId) -> ObservedJob:
        return self._turn(job_id, JobStatus.CANCELLED)

    def pause(self, job_id: JobId) -> ObservedJob:
        return self._turn(job_id, JobStatus.PAUSED)

    def resume(self, job_id: JobId) -> ObservedJob:
        self._looks[job_id] = 0
        return self._turn(job_id, JobStatus.QUEUED)

    def ask(self, model_id: ModelId, question: Question) -> Iterator[str]:
        if self.asking_fault is not None:
            raise self.asking_fault
        if model_id not in self._models:
            raise ProviderRejected(
                f"The model `{model_id}` does not exist or you do not have access to it.",
                refusal=Refusal.NOT_FOUND,
            )
        self.asked.append((model_id, question))
        last = question.messages[-1]["content"]
        broken_after, fault = self.asking_fault_after
        for number, piece in enumerate(("You", " said: ", last)):
            if fault is not None and number == broken_after:
                raise fault
            yield piece

    def finish(self, job_id: JobId) -> ObservedJob:
        """Let a job succeed now; its model exists from then on."""
        with self._lock:
            job = self._known(job_id)
            number = list(self._jobs).index(job_id) + 1
            model = ModelId(f"ft:{job.model}:fake::{number:08}")
            self._models[model] = ObservedModel(id=model)
            self._log(job_id, f"New fine-tuned model created: {model}")
            return self._put(
                replace(
                    job,
                    status=JobStatus.SUCCEEDED,
                    provider_status="succeeded",
                    fine_tuned_model=model,
                    trained_tokens=15_000,
                    finished_at=self.clock.now(),
                )
            )

    def fail(self, job_id: JobId, code: str = "invalid_training_file") -> ObservedJob:
        """Let a job fail now."""
        failure = JobFailure(code=code, message="The job failed.")
        job = replace(self._known(job_id), failure=failure, finished_at=self.clock.now())
        return self._put(replace(job, status=JobStatus.FAILED, provider_status="failed"))

    def tell(self, job_id: JobId, event: JobEvent) -> None:
        """Add an event to a job's log."""
        self._events[job_id].append(event)

    def show(self, model: ObservedModel) -> None:
        """List a model as it is given."""
        self._models[model.id] = model

    def retire(self, model_id: ModelId) -> None:
        """Let a model vanish, as providers do."""
        del self._models[model_id]

    def add(self, job: ObservedJob) -> None:
        """Show a job that nobody created here; a tuned model comes with it."""
        self._put(job)
        self._events.setdefault(job.id, [])
        if job.fine_tuned_model is not None:
            self._models[job.fine_tuned_model] = ObservedModel(id=job.fine_tuned_model)

    def _look(self, step: str) -> None:
        self.fuse.burn(f"a look at {step}")
        if self.reading_fault is not None:
            raise self.reading_fault

    def _accept(self, order: JobOrder) -> ObservedJob:
        with self._lock:
            if self.honours_idempotency and order.idempotency_key in self._keys:
                return self._jobs[self._keys[order.idempotency_key]]
            job_id = JobId(f"ftjob-{len(self._jobs) + 1:03}")
            self._keys[order.idempotency_key] = job_id
            self.created.append(order.desired.fingerprint)
            self._log(job_id, f"Created fine-tuning job: {job_id}")
            return self._put(_born(job_id, order, self.clock.now()))

    def _advance(self, job: ObservedJob) -> None:
        looks = self._looks[job.id]
        if self.looks_to_finish is not None and looks >= self.looks_to_finish:
            self.finish(job.id)
        elif job.status is not JobStatus.RUNNING:
            self._put(replace(job, status=JobStatus.RUNNING, provider_status="running"))
            self._log(job.id, "Fine-tuning job started")

    def _turn(self, job_id: JobId, status: JobStatus) -> ObservedJob:
        job = self._known(job_id)
        if job.status.is_final:
            return job
        return self._put(replace(job, status=status, provider_status=status.value))

    def _known(self, job_id: JobId) -> ObservedJob:
        if job_id not in self._jobs:
            raise ProviderRejected(f"Could not find fine tune: {job_id}", refusal=Refusal.NOT_FOUND)
        return self._jobs[job_id]

    def _put(self, job: ObservedJob) -> ObservedJob:
        with self._lock:
            self._jobs[job.id] = job
        return job

    def _log(self, job_id: JobId, message: str) -> None:
        events = self._events.setdefault(job_id, [])
        event = JobEvent(
            id=f"ftevent-{job_id}-{len(events) + 1:03}",
            created_at=self.clock.now(),
            level="info",
            message=message,
        )
        events.append(event)


def _born(job_id: JobId, order: JobOrder, now: datetime) -> ObservedJob:
    spec = order.desired.spec
    return ObservedJob(
        id=job_id,
        created_at=now,
        status=JobStatus.VALIDATING_FILES,
        provider_status="validating_files",
        model=order.model,
        training_file=order.training_file,
        validation_file=order.validation_file,
        seed=spec.seed,
        method=spec.method,
        hyperparameters=spec.hyperparameters.declared(),
        metadata=dict(order.stamp),
    )
