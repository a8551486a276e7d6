"""The intents without an end among the lines of the journal; no line is read twice."""

import os
import threading
from pathlib import Path
from typing import Final

import msgspec

from ftops.adapters.own_folder.journal_lines import Begun, Line
from ftops.core.names import Fingerprint
from ftops.core.observed import OpenIntent
from ftops.errors import RecordError

_BLOCK: Final = 1 << 20


class StillOpen:
    """What the lines so far leave open of one project's target.

    The journal only grows at its end. A person may take a damaged line out: where it is another
    file, or where other bytes stand before the place that was read to, all of it is read anew.
    """

    def __init__(self, path: Path, shown: str, *, project: str, target: str) -> None:
        self._path = path
        self._shown = shown
        self._mine = (project, target)
        self._one_at_a_time = threading.Lock()
        self._begin_anew(None)

    def intents(self) -> dict[Fingerprint, OpenIntent]:
        """Return them, eldest first; OSError if the file is there and cannot be read."""
        with self._one_at_a_time:
            try:
                descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                self._begin_anew(None)
                return {}
            try:
                self._read_on(descriptor)
            finally:
                os.close(descriptor)
            return dict(self._open)

    def _begin_anew(self, file: tuple[int, int] | None) -> None:
        self._file = file
        self._open: dict[Fingerprint, OpenIntent] = {}
        self._lines = 0
        self._end = 0
        self._last = b""

    def _read_on(self, descriptor: int) -> None:
        about = os.fstat(descriptor)
        file = (about.st_dev, about.st_ino)
        before = os.pread(descriptor, len(self._last), self._end - len(self._last))
        if file != self._file or before != self._last:
            self._begin_anew(file)
        for line in _whole_lines(descriptor, self._end):
            self._take(self._decoded(line))
            self._last = line + b"\n"
            self._end += len(self._last)
            self._lines += 1

    def _take(self, line: Line) -> None:
        if (line.project, line.target) != self._mine:
            return
        fingerprint = Fingerprint(line.fingerprint)
        # The last beginning counts, and stands last.
        self._open.pop(fingerprint, None)
        if isinstance(line, Begun):
            self._open[fingerprint] = line.intent

    def _decoded(self, line: bytes) -> Line:
        try:
            decoded: Line = msgspec.json.decode(line, type=Line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise RecordError(
                f"{self._shown}:{self._lines + 1}: this line is damaged: {error}",
                hint="look whether the provider lists a job of that time, then delete the line",
            ) from error
        return decoded


def _whole_lines(descriptor: int, start: int) -> list[bytes]:
    """Return the lines from there on whose newline is on disk."""
    blocks = []
    while block := os.pread(descriptor, _BLOCK, start):
        blocks.append(block)
        start += len(block)
    return b"".join(blocks).split(b"\n")[:-1]
