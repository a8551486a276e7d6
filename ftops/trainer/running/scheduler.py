"""Takes jobs from the queue in turns, runs each in a process, and follows it to its end."""

import logging
import threading
from collections.abc import Callable

from ftops.trainer import ids, surroundings
from ftops.trainer.running.attempt import Attempt
from ftops.trainer.running.attempt_folder import SUPERSEDED, AttemptFolder, Result
from ftops.trainer.running.finish import refuse, settle, settle_after_restart
from ftops.trainer.running.follow import take_in
from ftops.trainer.running.launchers.contract import (
    Launcher,
    LauncherError,
    Standing,
    Submission,
)
from ftops.trainer.running.launchers.this_machine import ThisMachine
from ftops.trainer.running.orders import find_missing, order_for
from ftops.trainer.running.turns import next_up
from ftops.trainer.running.validation import find_fault
from ftops.trainer.running.work_folder import lay_out_state
from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import AT_WORK, Happening, IllegalTransitionError, Status
from ftops.trainer.store.records import Job, Request
from ftops.trainer.store.store import Store

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
FAILED_SECONDS = 1.0
_NOT_YET = frozenset({Standing.WAITING, Standing.UNKNOWN, Standing.UNREACHABLE})


class Scheduler:
    """Two threads: one checks new jobs' files, one runs jobs. Stopping leaves workers at work."""

    def __init__(self, store: Store, settings: Settings, launcher: Launcher | None = None) -> None:
        """Work on this store, with processes of this machine unless another launcher is given."""
        self._store = store
        self._settings = settings
        self._launcher = launcher or ThisMachine()
        self._attempts: dict[str, Attempt] = {}
        self._turns = 0
        self._last_turns: dict[str, int] = {}
        self._stopping = False
        self._swept_at = -SWEEP_SECONDS
        self._wake = {
            "validation": threading.Event(),
            "scheduler": threading.Event(),
        }
        self._threads = (
            threading.Thread(
                target=self._loop, args=("validation", self.validate_one), name="validation"
            ),
            threading.Thread(target=self._loop, args=("scheduler", self.turn), name="scheduler"),
        )

    def start(self) -> None:
        """Begin; workers that still live from an earlier server are adopted, others go on later."""
        self._adopt()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both threads; running jobs go on and are adopted by the next server."""
        self._stopping = True
        self.wake()
        for thread in self._threads:
            thread.join()

    def wake(self) -> None:
        """Look now: something was asked."""
        for event in self._wake.values():
            event.set()

    def is_idle(self) -> bool:
        """Say whether nothing waits and nothing runs; a paused job waits for a person."""
        return not self._store.jobs.with_status(Status.VALIDATING, Status.QUEUED, *AT_WORK)

    def validate_one(self) -> bool:
        """Check the files of the oldest new job; False says that there was none."""
        if surroundings.monotonic() - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = surroundings.monotonic()
            self._store.forget_expired()
        waiting = self._store.jobs.with_status(Status.VALIDATING)
        if waiting:
            self._guarded(waiting[0], self._validate)
        return bool(waiting)

    def turn(self) -> bool:
        """Follow what runs and start what may; one job in trouble does not trouble the others."""
        for job in self._store.jobs.with_status(*AT_WORK):
            self._guarded(job, self._look_after)
        self._begin_next()
        return False

    def _begin_next(self) -> None:
        waiting = list(self._store.jobs.with_status(Status.QUEUED))
        running = list(self._store.jobs.with_status(*AT_WORK))
        while len(running) < self._settings.at_once:
            job = next_up(waiting, running, self._last_turns)
            if job is None:
                return
            self._turns += 1
            self._last_turns[job.model] = self._turns
            self._guarded(job, self._begin)
            waiting.remove(job)
            running.append(job)

    def _validate(self, job: Job) -> None:
        fault = find_fault(self._store, job)
        if fault is not None:
            refuse(self._store, job, fault)
            return
        with self._store.transaction():
            self._store.jobs.move(job.id, Happening.VALIDATED)
            self._store.jobs.tell(job.id, "Files validated, moving job to queued state")
        self._wake["scheduler"].set()

    def _loop(self, name: str, work: Callable[[], bool]) -> None:
        while not self._stopping:
            self._wake[name].clear()
            busy, pause = False, self._settings.tick_seconds
            try:
                busy = work()
            except Exception:
                log.exception("%s failed; trying again", name)
                pause = max(pause, FAILED_SECONDS)
            if not busy:
                self._wake[name].wait(pause)

    def _guarded(self, job: Job, work: Callable[[Job], None]) -> None:
        try:
            work(job)
        except IllegalTransitionError:
            log.info("job %s changed while it was looked at", job.id)
        except Exception:
            log.exception("job %s: trying again", job.id)

    def _adopt(self) -> None:
        for job in self._store.jobs.with_status(*AT_WORK):
            found = self._attempt(job)
            if found.standing() is Standing.ENDED and found.folder.result() is None:
                settle_after_restart(self._store, take_in(self._store, job, found.folder))
            else:
                self._attempts[job.id] = found

    def _look_after(self, job: Job) -> None:
        watched = self._attempts.setdefault(job.id, self._attempt(job))
        watched.tell(job.request)
        # In this order: whoever is dead by now has written all it will write.
        standing = watched.standing()
        result = watched.folder.result()
        if result is None:
            self._remark(job, watched, standing)
        if standing in _NOT_YET and result is None and not watched.folder.last_beat():
            self._await_start(job, watched, standing)
            return
        if job.awaits_worker:
            job = self._say_it_began(job)
        told = take_in(self._store, job, watched.folder)
        if told.bytes_read != job.bytes_read:
            self._estimate(told, watched)
        self._end_if_over(job, watched, standing, result)

    def _end_if_over(
        self, job: Job, watched: Attempt, standing: Standing, result: Result | None
    ) -> None:
        if result is not None or standing in {Standing.ENDED, Standing.UNKNOWN}:
            if result is None:
                watched.keep_logs()
            self._settle(job, watched, result)
        elif watched.is_deaf(self._settings.obey_seconds) or watched.is_stuck(
            self._settings.stuck_seconds
        ):
            if watched.kill():
                log.warning("job %s: the worker does not react and is killed", job.id)
            if standing is Standing.UNREACHABLE:
                # Nobody says when it is dead; from here on it is refused.
                self._settle(job, watched, None)

    def _await_start(self, job: Job, watched: Attempt, standing: Standing) -> None:
        """Wait for the worker's first sign, unless nobody wants it any more."""
        if job.request is not Request.NOTHING:
            # Nothing was learned yet, and a worker that begins all the same is refused.
            watched.kill()
            self._settle(job, watched, None)
        elif standing is Standing.UNKNOWN:
            # The word to start it was lost, or the launcher's memory; it is said again.
            self._submit(job, watched)

    def _settle(self, job: Job, watched: Attempt, result: Result | None) -> None:
        # One transaction: a cancellation that is accepted meanwhile is not overlooked.
        with self._store.transaction():
            settle(self._store, self._store.jobs.known(job.id), watched.folder, result)
        del self._attempts[job.id]

    def _say_it_began(self, job: Job) -> Job:
        with self._store.transaction():
            words = "started" if job.attempt == 1 else "resumed"
            self._store.jobs.tell(job.id, f"Fine-tuning job {words}")
            return self._store.jobs.amend(job.id, awaits_worker=False)

    def _remark(self, job: Job, watched: Attempt, standing: Standing) -> None:
        """Tell where the cluster keeps the job waiting, once for each try."""
        words = watched.remark(standing)
        if words is not None and not self._store.jobs.has_said(job.id, words):
            level = "info" if standing is Standing.WAITING else "warn"
            self._store.jobs.tell(job.id, words, level=level)

    def _begin(self, job: Job) -> None:
        fault = find_missing(self._store, self._settings, job)
        if fault is not None:
            refuse(self._store, job, fault)
            return
        number = job.attempt + 1
        work = self._store.jobs_folder / job.id
        if job.attempt_folder is not None:
            self._folder(job).write_control(SUPERSEDED)
        lay_out_state(work / "work")
        folder = AttemptFolder(work / f"try-{number}-{ids.random_word(8)}")
        folder.write_order(order_for(self._store, self._settings, job))
        with self._store.transaction():
            self._store.jobs.move(
                job.id,
                Happening.BEGUN,
                attempt=number,
                attempt_folder=str(folder.path.relative_to(self._store.root)),
                bytes_read=0,
                awaits_worker=True,
            )
        job = self._store.jobs.known(job.id)
        self._attempts[job.id] = begun = self._attempt(job)
        self._submit(job, begun)
        if begun.standing() is Standing.RUNNING:
            self._say_it_began(job)

    def _submit(self, job: Job, begun: Attempt) -> None:
        try:
            begun.submit()
        except LauncherError as error:
            log.warning("job %s: %s", job.id, error)
            if not self._store.jobs.has_said(job.id, str(error)):
                self._store.jobs.tell(job.id, str(error), level="warn")

    def _attempt(self, job: Job) -> Attempt:
        submission = Submission(
            id=f"{job.id}-try{job.attempt}",
            folder=self._folder(job),
            processes=self._settings.bases.get(job.trained, {}).get("processes", 1),
        )
        return Attempt(submission=submission, launcher=self._launcher)

    def _folder(self, job: Job) -> AttemptFolder:
        return AttemptFolder(self._store.root / (job.attempt_folder or ""))

    def _estimate(self, job: Job, watched: Attempt) -> None:
        """Foretell the end from this try's pace."""
        step, now = self._store.jobs.last_step(job.id), surroundings.exact_now()
        if job.resolved is None or step == 0:
            return
        if watched.first_step is None:
            watched.first_step = (step, now)
        first, began = watched.first_step
        if step > first:
            left = (now - began) / (step - first) * (job.resolved.steps - step)
            self._store.jobs.amend(job.id, estimated_finish=int(now + left))
