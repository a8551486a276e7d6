"""A try that is under way: started by us, or adopted from a server that is gone."""

import subprocess
import sys
import threading
from dataclasses import dataclass, field

from ftops.trainer import surroundings
from ftops.trainer.running import processes
from ftops.trainer.running.attempt_folder import AttemptFolder
from ftops.trainer.store.records import Request

GO_ON = "go on"


@dataclass(slots=True, kw_only=True)
class Attempt:
    """Watches one worker; what only we saw of it is kept here and not in the store."""

    folder: AttemptFolder
    process: "subprocess.Popen[bytes] | None" = None
    first_step: tuple[int, float] | None = None
    _beat: float = field(default=0.0, init=False)
    _beat_seen: float = field(default_factory=surroundings.monotonic, init=False)
    _cancel_told: float | None = field(default=None, init=False)

    def is_alive(self) -> bool:
        """Say whether the worker still runs."""
        if self.process is not None:
            return self.process.poll() is None
        mark = self.folder.mark()
        return mark is not None and processes.is_running(mark.pid, mark.born)

    def tell(self, request: Request) -> None:
        """Pass on what was asked of the job."""
        self.folder.write_control(GO_ON if request is Request.NOTHING else str(request))
        if request is Request.CANCEL and self._cancel_told is None:
            self._cancel_told = surroundings.monotonic()

    def is_deaf(self, seconds: float) -> bool:
        """Say whether a cancellation has gone unheard for that long."""
        told = self._cancel_told
        return told is not None and surroundings.monotonic() - told > seconds

    def is_stuck(self, seconds: float) -> bool:
        """Say whether the worker has shown no life for that long, as we saw it.

        Our own waiting counts, not the file's time: every time is old after a night in a closed
        laptop.
        """
        beat = self.folder.last_beat()
        if beat != self._beat:
            self._beat, self._beat_seen = beat, surroundings.monotonic()
        return surroundings.monotonic() - self._beat_seen > seconds

    def kill(self) -> None:
        """End the worker and what it started."""
        if self.process is not None:
            processes.kill_session(self.process.pid)
            self.process.wait()
            return
        mark = self.folder.mark()
        if mark is not None and processes.is_running(mark.pid, mark.born):
            processes.kill_session(mark.pid)


def start(folder: AttemptFolder) -> Attempt:
    """Start a worker that outlives us."""
    with (folder.path / "worker.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 our own interpreter and module
            # -P: a queue.py or numpy.py in the current folder is not meant for the worker.
            [sys.executable, "-P", "-m", "ftops.trainer.running.worker", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=surroundings.child_environment(),
            start_new_session=True,
        )
    # Someone must collect its exit status, also when it outlives the scheduler that started it.
    threading.Thread(target=process.wait, name="reaper", daemon=True).start()
    return Attempt(folder=folder, process=process)
