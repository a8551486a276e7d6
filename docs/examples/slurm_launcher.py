"""An example of a launcher: a training server whose jobs run on a Slurm cluster.

    python slurm_launcher.py STORE KEYS http://trainer:8000 --partition=gpu --gres=gpu:1

STORE is the server's folder, KEYS a file of API keys, the address is this server's as the cluster's
machines see it, and the rest goes to `sbatch`.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ftops.trainer import surroundings
from ftops.trainer.running.launchers.contract import LauncherError, Standing, Submission
from ftops.trainer.running.launchers.elsewhere import remote_worker
from ftops.trainer.serve import serve
from ftops.trainer.settings import Settings

LOOK_SECONDS: Final = 3.0
_PATIENCE_SECONDS: Final = 20.0
_WAITING: Final = frozenset({"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD"})
_AT_WORK: Final = frozenset({"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING"})


class Slurm:
    """Names each job after its try, and keeps Slurm's number for it in the try's folder.

    Slurm forgets what ended a few minutes ago: a job that has a number and is not known was run.
    """

    def __init__(
        self, public_url: str, options: tuple[str, ...] = (), *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        """Have workers report to this address."""
        self._public_url = public_url
        self._options = options
        self._look_seconds = look_seconds
        self._looked_at = -look_seconds
        self._states: dict[str, str] | None = None

    def submit(self, submission: Submission) -> None:
        """Queue a try, unless it has a number or Slurm has its name."""
        number = submission.folder.path / "slurm"
        self._looked_at = -self._look_seconds
        if number.exists() or submission.id in self._fresh():
            return
        worker = remote_worker(submission, self._public_url)
        told = _told(
            "sbatch",
            "--parsable",
            # Begun again by Slurm it would be the same try twice; the server begins the next one.
            "--no-requeue",
            f"--job-name={submission.id}",
            f"--ntasks={submission.processes}",
            # By name: a command line, and with it a token, can be read by everybody.
            f"--export=PATH,{','.join(worker.environment)}",
            f"--output={submission.id}.log",
            *self._options,
            f"--wrap=exec {shlex.join(worker.command)}",
            environment=worker.environment,
        )
        number.write_text(told.partition(";")[0].strip(), encoding="utf-8")

    def status(self, submission: Submission) -> Standing:
        """Return what Slurm said a moment ago."""
        if surroundings.monotonic() - self._looked_at >= self._look_seconds:
            self._looked_at = surroundings.monotonic()
            try:
                self._states = self._fresh()
            except LauncherError:
                self._states = None
        if self._states is None:
            return Standing.UNREACHABLE
        state = self._states.get(submission.id)
        if state is None:
            was_run = (submission.folder.path / "slurm").exists()
            return Standing.ENDED if was_run else Standing.UNKNOWN
        if state in _WAITING:
            return Standing.WAITING
        return Standing.RUNNING if state in _AT_WORK else Standing.ENDED

    def stop(self, submission: Submission) -> None:
        """Ask Slurm to end it, in its queue or at work."""
        try:
            _told("scancel", f"--name={submission.id}")
        except LauncherError:
            return
        self._looked_at = -self._look_seconds

    def logs(self, submission: Submission) -> str:
        """Return what it printed, where this machine shares the cluster's disk."""
        path = Path(f"{submission.id}.log")
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def _fresh(self) -> dict[str, str]:
        """Look at all jobs at once: Slurm's own machine serves everybody."""
        lines = _told("squeue", "--me", "--noheader", "--states=all", "--format=%j %T").splitlines()
        return {name: state for name, _, state in (line.strip().partition(" ") for line in lines)}


def _told(*command: str, environment: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603 Slurm's programs, arguments and no shell
            command,
            env={**surroundings.child_environment(), **(environment or {})},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        words = " ".join(error.stderr.split())[-300:]
        raise LauncherError(f"{command[0]} refuses: {words}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LauncherError(f"{command[0]} cannot be asked: {error}") from error
    return done.stdout


def main(arguments: list[str]) -> None:
    """Serve a store; what lies in its folder outlives this process, and so do the jobs."""
    store, keys, public_url, *options = arguments
    settings = Settings(
        store=Path(store),
        api_keys=tuple(Path(keys).read_text(encoding="utf-8").split()),
        max_running=16,
    )
    os.umask(0o077)
    launcher = Slurm(public_url, tuple(options))
    serve(settings, host="0.0.0.0", port=urlsplit(public_url).port or 80, launcher=launcher)  # noqa: S104 workers come from other machines, with a token each


if __name__ == "__main__":
    main(sys.argv[1:])
