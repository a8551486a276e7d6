"""The intents and their ends as one append-only file, `.ftops/journal.jsonl`."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from ftops.adapters.own_folder.emergency_files import EmergencyFiles
from ftops.adapters.own_folder.folder import (
    OWN_FOLDER,
    make_own_folder,
    sync_folder,
    try_folder,
    write_all,
)
from ftops.adapters.own_folder.journal_lines import Begun, Closed, Line
from ftops.adapters.own_folder.still_open import StillOpen
from ftops.core.names import Fingerprint
from ftops.core.observed import OpenIntent
from ftops.errors import RecordError

JOURNAL: Final = "journal.jsonl"
_TAIL: Final = 1 << 16


class JournalFile:
    """The journal of one project's target; other targets' lines in the same file are passed over.

    A line counts once its newline is on disk. So a torn last line is an intent whose `begin` never
    returned, and whose request was never sent; the next line is written over it.
    """

    def __init__(self, root: Path, *, project: str, target: str) -> None:
        self._root = root
        self._project = project
        self._target = target
        self._one_at_a_time = threading.Lock()
        self._emergencies = EmergencyFiles(root, project=project, target=target)
        self._still_open = StillOpen(self._path, self._shown, project=project, target=target)

    @property
    def _path(self) -> Path:
        return self._root / OWN_FOLDER / JOURNAL

    @property
    def _shown(self) -> str:
        return f"{OWN_FOLDER}/{JOURNAL}"

    def begin(self, intent: OpenIntent) -> None:
        """Return once the intent is on disk; RecordError if it cannot be, so that none is lost."""
        self._append(Begun.of(intent, project=self._project, target=self._target))
        self._emergencies.drop(intent.fingerprint)

    def close(self, fingerprint: Fingerprint, how: str) -> None:
        """Record the end of the fingerprint's intent; without one nothing is written."""
        if fingerprint in {intent.fingerprint for intent in self.open_intents()}:
            self._append(
                Closed(project=self._project, target=self._target, fingerprint=fingerprint, how=how)
            )
            self._emergencies.drop(fingerprint)

    def rescue(self, intent: OpenIntent) -> str:
        """Keep an intent whose job is known although the journal takes nothing; return where."""
        return self._emergencies.keep(intent)

    def prove_writable(self) -> None:
        """Raise RecordError unless an intent can be begun; take back what an emergency left."""
        with self._told():
            folder = make_own_folder(self._root)
            with self._opened():
                try_folder(folder)
        for intent in self._emergencies.read():
            self.begin(intent)

    def open_intents(self) -> tuple[OpenIntent, ...]:
        """Return the intents without an end, eldest first; a later one of a fingerprint counts.

        What an emergency kept elsewhere is younger than every line here.
        """
        try:
            intents = self._still_open.intents()
        except OSError as error:
            raise RecordError(
                f"{self._shown} cannot be read: {error.strerror}",
                hint="make it readable: it says which creations were begun",
            ) from error
        for intent in self._emergencies.read():
            intents.pop(intent.fingerprint, None)
            intents[intent.fingerprint] = intent
        return tuple(intents.values())

    def _append(self, line: Line) -> None:
        text = msgspec.json.encode(line) + b"\n"
        with self._told(), self._one_at_a_time, self._opened() as descriptor:
            _cut_torn_line(descriptor)
            write_all(descriptor, text)
            os.fsync(descriptor)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RecordError(
                f"{self._shown} cannot be written: {error.strerror}",
                hint="free the disk or make the file writable, then run the same command again",
            ) from error

    @contextmanager
    def _opened(self) -> Iterator[int]:
        folder = make_own_folder(self._root)
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            if is_new:
                sync_folder(folder)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _cut_torn_line(descriptor: int) -> None:
    size = end = os.fstat(descriptor).st_size
    while end:
        start = max(0, end - _TAIL)
        newline = os.pread(descriptor, end - start, start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        os.ftruncate(descriptor, end)
