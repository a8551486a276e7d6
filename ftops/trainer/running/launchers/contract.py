"""The seam between the scheduler and whatever runs workers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ftops.trainer.running.attempt_folder import AttemptFolder


class Standing(StrEnum):
    """What a launcher knows of a submission; `unreachable` is no knowledge, and decides nothing."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One try to be run: `id` is `<job>-try<n>`, `processes` how many train one model together."""

    id: str
    folder: AttemptFolder
    processes: int = 1


class LauncherError(Exception):
    """A launcher refuses, or cannot be reached; nothing is known to have been started."""


class Launcher(Protocol):
    """Runs workers; its memory is a hint, the store's is the truth.

    A submission is started at most once, however often it is submitted. `status` is asked many
    times a second and may answer from a look of a few seconds ago; it never raises. `logs` is what
    the worker printed, as far as it is known.
    """

    def submit(self, submission: Submission) -> None: ...
    def status(self, submission: Submission) -> Standing: ...
    def stop(self, submission: Submission) -> None: ...
    def logs(self, submission: Submission) -> str: ...
