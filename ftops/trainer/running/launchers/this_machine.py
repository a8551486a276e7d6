"""The default launcher: a process of this machine for each try, which outlives the server."""

import subprocess
import threading
from pathlib import Path

from ftops.trainer import surroundings
from ftops.trainer.running import processes
from ftops.trainer.running.attempt_folder import LOG
from ftops.trainer.running.launchers.command import worker_command
from ftops.trainer.running.launchers.contract import Standing, Submission


class ThisMachine:
    """Knows its own children by their handles, and those of a server that is gone by their mark."""

    def __init__(self) -> None:
        """Begin with no children."""
        self._children: dict[Path, subprocess.Popen[bytes]] = {}

    def submit(self, submission: Submission) -> None:
        """Start a worker that outlives us, unless one was started."""
        folder = submission.folder
        if folder.path in self._children or folder.mark() is not None:
            return
        with (folder.path / LOG).open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 our own interpreter and module
                worker_command(str(folder.path), submission.processes),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=surroundings.child_environment(),
                start_new_session=True,
            )
        # Someone must collect its exit status, also when it outlives the server that started it.
        threading.Thread(target=child.wait, name="reaper", daemon=True).start()
        self._children[folder.path] = child

    def status(self, submission: Submission) -> Standing:
        """Look whether the process is there."""
        child = self._children.get(submission.folder.path)
        if child is not None:
            return Standing.RUNNING if child.poll() is None else Standing.ENDED
        mark = submission.folder.mark()
        lives = mark is not None and processes.is_running(mark.pid, mark.born)
        return Standing.RUNNING if lives else Standing.ENDED

    def stop(self, submission: Submission) -> None:
        """End the worker and what it started, at once."""
        child = self._children.get(submission.folder.path)
        if child is not None:
            processes.kill_session(child.pid)
            child.wait()
            return
        mark = submission.folder.mark()
        if mark is not None and processes.is_running(mark.pid, mark.born):
            processes.kill_session(mark.pid)

    def logs(self, submission: Submission) -> str:
        """Return what the worker printed."""
        try:
            return (submission.folder.path / LOG).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
