"""How a worker on another machine is started: a command, and the token of its try."""

from dataclasses import dataclass
from typing import Final

from ftops.trainer import ids, surroundings
from ftops.trainer.running.launchers.contract import Submission

TRIES_PATH: Final = "/internal/tries"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteWorker:
    """What a launcher is to run; no more than this and the package is needed there."""

    command: tuple[str, ...]
    environment: dict[str, str]


def remote_worker(submission: Submission, server: str, python: str = "python3") -> RemoteWorker:
    """Return how a try is worked on elsewhere, where `server` is this server's address."""
    folder = submission.folder
    if folder.token() is None:
        folder.write_token(ids.random_word(48))
    place = f"{server.rstrip('/')}{TRIES_PATH}/{submission.id}"
    return RemoteWorker(
        command=(python, "-m", "ftops.trainer.running.worker", place),
        environment={surroundings.TRY_TOKEN: folder.token() or "", "PYTHONSAFEPATH": "1"},
    )
