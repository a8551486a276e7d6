"""Every effect of a process on its checkout and its sockets, counted; at one of them it breaks."""

import errno
import fcntl
import io
import os
import re
import signal
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

SOCKET: Final = "socket"
RANDOM: Final = re.compile(r"[0-9a-f]{32}|\d+-\w{8}")
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class How(StrEnum):
    """What happens at the effect; the disk's troubles last from then on, but for a single EIO."""

    KILL = "killed before it"
    TORN = "killed in the middle of it"
    ENOSPC = "the disk is full"
    EROFS = "the disk is read-only"
    EIO = "the disk fails once"
    INTERRUPT = "interrupted there, as by Ctrl-C"
    INTERRUPT_TWICE = "interrupted there, and again at the next effect"


_ERRORS: Final = {How.ENOSPC: errno.ENOSPC, How.EROFS: errno.EROFS, How.EIO: errno.EIO}
OF_A_FULL_DISK: Final = frozenset({"open", "write", "mkdir", "fsync"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failpoint:
    """The effect, which of those that are called so, counted from 1, and what happens there."""

    effect: str
    number: int
    how: How


class Failpoints:
    """Counts the effects below `root`; `trace` receives a line for each."""

    def __init__(self, root: Path, point: Failpoint | None, trace: Path | None) -> None:
        self._root = str(root)
        self._point = point
        self._trace = None if trace is None else os.open(trace, os.O_WRONLY | os.O_CREAT, 0o600)
        self._lock = threading.Lock()
        self._write = os.write
        self._counts: Counter[str] = Counter()
        self._has_broken = False

    def install(self) -> None:
        """Put the counting in the way of every function that has an effect."""
        for name in ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "link", "truncate"):
            self._guard(os, name, self._of_a_path)
        for name in ("fsync", "fdatasync", "ftruncate"):
            self._guard(os, name, self._of_a_descriptor)
        for name in ("write", "pwrite"):
            self._guard_write(name)
        for name in ("connect", "sendall", "send", "recv", "recv_into"):
            self._guard(socket.socket, name, lambda *_: SOCKET)
        self._guard(fcntl, "flock", self._of_a_descriptor)
        self._guard(os, "open", self._of_an_opening)
        # GitPython has bound the class long ago; this is what starts the program.
        self._guard(subprocess.Popen, "_execute_child", self._of_a_program)
        self._guard_streams()

    def reach(self, kind: str, where: str | None, tear: Callable[[], object] | None = None) -> None:
        """Count one effect, and break if it is the one."""
        if where is None:
            return
        effect = f"{kind} {RANDOM.sub('*', where)}"
        with self._lock:
            self._counts[effect] += 1
            number = self._counts[effect]
        if self._trace is not None:
            self._write(self._trace, f"{effect}\n".encode())
        point = self._point
        if point is None:
            return
        is_here = (effect, number) == (point.effect, point.number)
        if point.how in _ERRORS:
            self._fail(kind, where, is_here=is_here)
        elif is_here or (self._has_broken and point.how is How.INTERRUPT_TWICE):
            self._has_broken = is_here
            die(point.how, tear)

    def _fail(self, kind: str, where: str, *, is_here: bool) -> None:
        assert self._point is not None
        how = self._point.how
        self._has_broken = self._has_broken or is_here
        lasts = how is How.EROFS or (how is How.ENOSPC and kind in OF_A_FULL_DISK)
        is_a_file_s = where != SOCKET and kind not in {"_execute_child", "flock"}
        if is_a_file_s and (is_here or (self._has_broken and lasts)):
            raise OSError(_ERRORS[how], os.strerror(_ERRORS[how]), where)

    def _guard(self, place: Any, name: str, where: Callable[..., str | None]) -> None:  # noqa: ANN401 a module or a class
        real = getattr(place, name)

        def guarded(*args: Any, **named: Any) -> Any:  # noqa: ANN401 whatever the real one takes
            self.reach(name, where(*args))
            return real(*args, **named)

        setattr(place, name, guarded)

    def _guard_write(self, name: str) -> None:
        real = getattr(os, name)

        def guarded(descriptor: int, text: bytes, *offset: int) -> Any:  # noqa: ANN401 as the real one
            half = text[: len(text) // 2]
            where = self._of_a_descriptor(descriptor)
            self.reach("write", where, lambda: real(descriptor, half, *offset))
            return real(descriptor, text, *offset)

        setattr(os, name, guarded)

    def _guard_streams(self) -> None:
        real, points = io.open, self

        class Raw(io.FileIO):
            @override
            def write(self, text: Any, /) -> int:
                half = bytes(text)[: len(text) // 2]
                where = points._of_a_path(str(self.name))
                points.reach("write", where, lambda: super(Raw, self).write(half))
                return super().write(text)

        def guarded(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:  # noqa: ANN401 as the real one
            where = None if isinstance(file, int) else self._of_a_path(file)
            if where is None or not set(mode) & set("wax+"):
                return real(file, mode, *args, **named)
            self.reach("open", where)
            raw = Raw(file, mode.replace("b", "").replace("t", ""))
            buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding="utf-8")

        io.open = guarded

    def _of_a_path(self, path: Any, *_: object) -> str | None:  # noqa: ANN401 any path
        try:
            whole = str(Path(os.fsdecode(path)).absolute())
        except TypeError:
            return None
        inside = whole.startswith(f"{self._root}/")
        return whole.removeprefix(f"{self._root}/") if inside else None

    def _of_a_descriptor(self, descriptor: Any, *_: object) -> str | None:  # noqa: ANN401 a number or a stream
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        try:
            where = Path(f"/proc/self/fd/{number}").readlink()
        except OSError:
            return None
        return "." if str(where) == self._root else self._of_a_path(where)

    def _of_an_opening(self, path: Any, flags: int, *_: object) -> str | None:  # noqa: ANN401 any path
        return self._of_a_path(path) if flags & WRITING else None

    def _of_a_program(self, _process: object, command: Any, *_: object) -> str:  # noqa: ANN401 a list of words
        words = [os.fsdecode(word) for word in command]
        return " ".join(_without_options(words))


def _without_options(words: list[str]) -> Iterator[str]:
    """Yield a git command line without what comes with every call."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in {"-c", "-u", "-C"}:
            skip = True
        elif not word.startswith("-"):
            yield word


def die(how: How, tear: Callable[[], object] | None) -> None:
    """Die, or be interrupted, after tearing what was being written."""
    if how is How.TORN and tear is not None:
        tear()
    is_asked = how in {How.INTERRUPT, How.INTERRUPT_TWICE}
    os.kill(os.getpid(), signal.SIGINT if is_asked else signal.SIGKILL)
