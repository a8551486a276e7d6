"""The logs of jobs: kept up while they run, fetched once when they have ended."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from ftops.core.measures import Curve, curves_of_results
from ftops.core.names import FileId, JobId, TargetName
from ftops.core.observed import ObservedJob
from ftops.errors import FtopsError, ProviderError, ProviderUnavailable
from ftops.ports import Clock, ProviderReader
from ftops.serve.ports import Lookout
from ftops.serve.snapshot.trail import Trail
from ftops.usecases.survey import Survey

MOST_KEPT: Final = 256
RETRY_SECONDS: Final = 10.0
MOST_AT_ONCE: Final = 4
PATIENCE: Final = 5.0
"""Seconds that a client waits for a log that others are fetching."""
RESULT_LIMIT: Final = 8 * 1024 * 1024


class Trails:
    """Every job is asked for its log by one caller at a time, and an ended one only once."""

    def __init__(self, readers: Lookout, clock: Clock) -> None:
        self._readers = readers
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[JobId, Trail] = {}
        self._ended: OrderedDict[JobId, Trail] = OrderedDict()
        self._asking: dict[JobId, threading.Semaphore] = {}
        self._failed: dict[JobId, FtopsError] = {}
        self._failed_until: dict[JobId, float] = {}
        self._seats = threading.Semaphore(MOST_AT_ONCE)
        self.patience = PATIENCE

    def keep_up(self, survey: Survey) -> Mapping[JobId, Trail]:
        """Ask every running job for what is new, and return all logs known by now."""
        for target, sight in survey.sights.items():
            for job in sight.observed.jobs if sight.observed is not None else ():
                if not job.status.is_final:
                    self._go_on(job, self._readers.reader(target))
                elif job.id in self._running:
                    self._end(job, target)
        with self._lock:
            return {**self._ended, **self._running}

    def of_ended(self, job_id: JobId, target: TargetName, results: FileId | None) -> Trail:
        """Return an ended job's whole log; raises what the provider's last answer raised."""
        with self._lock:
            turn = self._asking.setdefault(job_id, threading.Semaphore())
        with _held(turn, self.patience), _held(self._seats, self.patience):
            known = self._known(job_id)
            if known is not None:
                return known
            trail = self._fetch(job_id, self._readers.reader(target), results)
        with self._lock:
            self._asking.pop(job_id, None)
            self._ended[job_id] = trail
            while len(self._ended) > MOST_KEPT:
                self._ended.popitem(last=False)
        return trail

    def _known(self, job_id: JobId) -> Trail | None:
        with self._lock:
            if job_id in self._ended:
                self._ended.move_to_end(job_id)
                return self._ended[job_id]
            now = self._clock.now().timestamp()
            if now < self._failed_until.get(job_id, 0):
                raise self._failed[job_id]
            return None

    def _fetch(self, job_id: JobId, reader: ProviderReader, results: FileId | None) -> Trail:
        try:
            trail = Trail.of(reader.events(job_id), self._clock.now())
        except ProviderError as error:
            with self._lock:
                self._failed[job_id] = error
                self._failed_until[job_id] = self._clock.now().timestamp() + RETRY_SECONDS
            raise
        return trail if results is None else trail.with_results(_curves(reader, results))

    def _go_on(self, job: ObservedJob, reader: ProviderReader) -> None:
        before = self._running.get(job.id)
        try:
            new = reader.events(job.id, None if before is None else before.last_id)
        except ProviderError:
            return
        events = new if before is None else (*before.events, *new)
        with self._lock:
            self._running[job.id] = Trail.of(events, self._clock.now())

    def _end(self, job: ObservedJob, target: TargetName) -> None:
        """Fetch all that a job told until it ended, once for all who watched it."""
        results = job.result_files[0] if job.result_files else None
        try:
            self.of_ended(job.id, target, results)
        except ProviderError:
            return
        with self._lock:
            self._running.pop(job.id, None)


@contextmanager
def _held(lock: threading.Semaphore, seconds: float) -> Iterator[None]:
    """Hold a lock; ProviderUnavailable if it cannot be had in time, so that no crowd piles up."""
    if not lock.acquire(timeout=seconds):
        raise ProviderUnavailable(
            "the provider takes its time to tell this log", hint="ask again in a moment"
        )
    try:
        yield
    finally:
        lock.release()


def _curves(reader: ProviderReader, results: FileId) -> tuple[Curve, ...]:
    try:
        content = reader.content(results)
    except ProviderError:
        return ()
    return curves_of_results(content) if len(content) <= RESULT_LIMIT else ()
