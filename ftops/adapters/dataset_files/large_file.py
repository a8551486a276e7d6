"""A large plain file that tells how far it is read, and that several processes may look at."""

import io
import mmap
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar, cast

from ftops.adapters.dataset_files.line_ranges import line_ranges, read_range
from ftops.adapters.dataset_files.side_by_side import may_fork, side_by_side
from ftops.core.progress import Reading
from ftops.dataset.parting import Beside
from ftops.ports import Readers

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

T = TypeVar("T")

_LEAST_PART: Final = 10_000_000
"""Less is read before another process is there to help."""

_BUFFER: Final = 1 << 20
_COUNT: Final = Struct("q")


def open_large(descriptor: int, shown: str, size: int, readers: Readers) -> BinaryIO:
    """Return the open file; reading it again begins anew."""
    raw = _Told(descriptor, shown, size, readers)
    return cast("BinaryIO", _LargeFile(raw, size, readers.processes))


class _Told(io.FileIO):
    """Tells after each block, and once it is at its end."""

    def __init__(self, descriptor: int, shown: str, size: int, readers: Readers) -> None:
        super().__init__(descriptor, "rb")
        self._shown = shown
        self._size = size
        self._readers = readers
        self._done = 0

    def readinto(self, buffer: "WriteableBuffer", /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        taken = super().readinto(buffer) or 0
        self._done += taken
        self.tell_done(self._done, is_over=not taken)
        return taken

    def seek(self, offset: int, whence: int = 0, /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        self._done = super().seek(offset, whence)
        return self._done

    def close(self) -> None:  # type: ignore[explicit-override]  # typing.override is 3.12's
        if not self.closed:
            self.tell_done(self._done, is_over=True)
        super().close()

    def tell_done(self, done: int, *, is_over: bool = False) -> None:
        if self._readers.watch is not None:
            deed, name, size = self._readers.deed, self._shown, self._size
            told = Reading(deed=deed, name=name, size=size, done=done, is_over=is_over)
            self._readers.watch.tell(told)


class _LargeFile(io.BufferedReader):
    """Parts itself at its lines, if it pays and may be done."""

    def __init__(self, raw: _Told, size: int, processes: int) -> None:
        super().__init__(raw, _BUFFER)
        self._told = raw
        self._size = size
        self._processes = processes

    def in_parts(
        self, look: Callable[[BinaryIO, int], T], most: int, beside: Beside | None = None
    ) -> list[T] | None:
        """Look at each part in a process of its own; `beside` looks at the whole in a thread."""
        parts = min(most, self._processes, self._size // _LEAST_PART) if may_fork() else 1
        if parts == 1:
            return None
        descriptor = self.fileno()
        ranges = line_ranges(descriptor, self._size, parts)
        with mmap.mmap(-1, _COUNT.size * len(ranges)) as shared:
            counts = _Counts(shared, self._told.tell_done)
            tasks = [
                partial(_look_at, descriptor, place, partial(counts.reached, number), look)
                for number, place in enumerate(ranges)
            ]
            if beside is not None:
                whole = partial(_look_at_whole, descriptor, self._size, beside)
                tasks[0] = partial(_meanwhile, whole, tasks[0])
            found = side_by_side(tasks, counts.tell)
        self._told.tell_done(self._size, is_over=True)
        return found


class _Counts:
    """How far each process has come, in memory that all of them share."""

    def __init__(self, shared: mmap.mmap, tell: Callable[[int], None]) -> None:
        self._shared = shared
        self._tell = tell
        self._parent = os.getpid()

    def reached(self, number: int, done: int) -> None:
        """Note how far a part is read; the parent tells, and a child whose parent is gone ends."""
        _COUNT.pack_into(self._shared, _COUNT.size * number, done)
        if os.getpid() == self._parent:
            self.tell()
        elif os.getppid() != self._parent:
            raise ProcessLookupError("nobody waits for this")

    def tell(self) -> None:
        """Tell how far all of them are together."""
        self._tell(sum(done for (done,) in _COUNT.iter_unpack(self._shared[:])))


def _look_at(
    descriptor: int,
    place: range,
    reached: Callable[[int], None],
    look: Callable[[BinaryIO, int], T],
) -> T:
    with read_range(descriptor, place, reached) as part:
        return look(part, place.start)


def _look_at_whole(descriptor: int, size: int, look: Beside, stopped: threading.Event) -> None:
    def stop(done: int) -> None:
        del done
        if stopped.is_set():
            raise InterruptedError("nobody waits for this")

    with read_range(descriptor, range(size), stop) as whole:
        look(whole)


def _meanwhile(aside: Callable[[threading.Event], None], task: Callable[[], T]) -> T:
    """Return what the task returns, while a thread does something aside to its end."""
    stopped = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(aside, stopped)
        try:
            found = task()
        except BaseException:
            stopped.set()
            raise
        done.result()
    return found
