"""One task in this process and each other one in a fork of it, which shares what is loaded."""

import gc
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from select import select
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_PAUSE: Final = 0.1


def may_fork() -> bool:
    """Say whether a fork is safe here: nobody else's thread may hold a lock at that moment."""
    return sys.platform == "linux" and threading.active_count() == 1


def side_by_side(tasks: Sequence[Callable[[], T]], while_waiting: Callable[[], object]) -> list[T]:
    """Return what the tasks return, in order; what a fork did not finish is done here.

    So an error comes from this process, whoever met it first.
    """
    with ExitStack() as running:
        forks = [running.enter_context(_forked(task)) for task in tasks[1:]]
        found = [tasks[0]()]
        for fork, task in zip(forks, tasks[1:], strict=True):
            answer = None if fork is None else fork.answer(while_waiting)
            found.append(task() if answer is None else answer[0])
    return found


class _Fork(Generic[T]):
    """A child at work, and the pipe that it answers through."""

    def __init__(self, child: int, pipe: int) -> None:
        self._child = child
        self._pipe = pipe
        self._status: int | None = None

    def answer(self, while_waiting: Callable[[], object]) -> tuple[T] | None:
        """Wait for what the task returns; nothing if the child failed or was killed."""
        told = bytearray()
        while True:
            if not select([self._pipe], [], [], _PAUSE)[0]:
                while_waiting()
                continue
            block = os.read(self._pipe, 1 << 20)
            if not block:
                break
            told += block
        self._status = os.waitpid(self._child, 0)[1]
        return None if self._status else (pickle.loads(told),)  # noqa: S301 - our own fork wrote it

    def close(self) -> None:
        """End the child if it is still at work."""
        os.close(self._pipe)
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)


@contextmanager
def _forked(task: Callable[[], T]) -> Iterator[_Fork[T] | None]:
    """Yield a child that does the task; nothing if the system has no room for one."""
    reading, writing = os.pipe()
    try:
        child = _fork()
    except OSError:
        child = None
    if child == 0:
        _work(task, writing)
    os.close(writing)
    if child is None:
        os.close(reading)
        yield None
        return
    fork: _Fork[T] = _Fork(child, reading)
    try:
        yield fork
    finally:
        fork.close()


def _fork() -> int:
    with warnings.catch_warnings():
        # Threads of libraries that know about forks; ours there are none.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _work(task: Callable[[], object], writing: int) -> None:
    """Do the task as a child, and end there; whatever goes wrong, the parent does it again."""
    status = 1
    try:
        # The terminal's Ctrl-C is for the parent to speak of, unless it is for nobody.
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        # What was there before would be copied only to be looked through.
        gc.freeze()
        told = pickle.dumps(task())
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(told)
        status = 0
    finally:
        os._exit(status)
