"""One apply at a time in one checkout: an advisory lock that ends with its process."""

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Annotated, Final, Self

import msgspec

from ftops.adapters.own_folder.folder import OWN_FOLDER, make_own_folder
from ftops.errors import PlanRefused, RecordError
from ftops.ports import Clock

LOCK: Final = "lock"
_MOST: Final = 4096
_SECONDS: Final = 120
_MINUTES: Final = 120
_PAUSE: Final = 0.2
_WAIT: Final = "wait until it ends (--lock-timeout SECONDS waits for you)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How long to wait for one's turn, and where it is told for whom."""

    seconds: float = 0.0
    tell: Callable[[str], None] = lambda _: None


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the lock."""

    pid: int
    command: str
    since: Annotated[datetime, msgspec.Meta(tz=True)]


class ApplyLock:
    """A context manager; PlanRefused names the process that already applies in this checkout.

    The kernel drops the lock when the process ends, however it ends; the file stays, because
    removing it would let two processes lock two files of one name.
    """

    def __init__(
        self, root: Path, *, command: str, clock: Clock, queue: Queue | None = None
    ) -> None:
        self._queue = Queue() if queue is None else queue
        self._root = root
        self._command = command
        self._clock = clock
        self._descriptor = -1

    def __enter__(self) -> Self:
        path = make_own_folder(self._root) / LOCK
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            self._await_turn()
            self._sign()
        except PlanRefused:
            self._release()
            raise
        except OSError as error:
            self._release()
            raise RecordError(
                f"{OWN_FOLDER}/{LOCK} cannot be locked: {error.strerror}",
                hint="the checkout must lie on a file system with locks, and be writable",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._release()

    def _await_turn(self) -> None:
        patience = self._queue.seconds
        while not self._is_ours():
            refusal = self._refusal()
            if patience <= 0 or self._clock.stopped:
                raise refusal
            if patience == self._queue.seconds:
                self._queue.tell(f"{refusal.message}; waiting {patience:g} s at most")
            pause = min(patience, _PAUSE)
            self._clock.sleep(pause)
            patience -= pause

    def _is_ours(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _sign(self) -> None:
        holder = Holder(pid=os.getpid(), command=self._command, since=self._clock.now())
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, msgspec.json.encode(holder), 0)

    def _refusal(self) -> PlanRefused:
        try:
            holder = msgspec.json.decode(os.pread(self._descriptor, _MOST, 0), type=Holder)
        except msgspec.MsgspecError:
            return PlanRefused(
                "another ftops is changing things in this checkout",
                hint=f"{_WAIT}, then run the same command again",
            )
        age = _in_words(self._clock.now() - holder.since)
        return PlanRefused(
            f"process {holder.pid} ({holder.command}) has been applying in this checkout for {age}",
            hint=f"{_WAIT}, or stop it: kill -INT {holder.pid}",
        )

    def _release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _in_words(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    if seconds < _SECONDS:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < _MINUTES else f"{minutes // 60} h"
