"""Read and write the locks of one target."""

import os
import re
import stat
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ftops.adapters.lock_files.lock_text import (
    MAX_BYTES,
    lock_from_text,
    lock_to_text,
    unreadable,
)
from ftops.adapters.lock_files.whole_write import sweep, sync_folder, try_folder, write_whole
from ftops.core.lock import Lock
from ftops.core.names import SPEC_NAME_PATTERN, SpecName
from ftops.errors import RecordError

LOCK_SUFFIX: Final = ".lock"


class LockFiles:
    """Locks below `base`, each in the file of its spec's name.

    With `beside` (the spec file of each name) a lock is written into its spec file's folder, else
    into `base` itself. When a spec file moved, its lock may lie in two folders: the one beside the
    spec counts, and the next write or removal deletes the other. A lock whose spec is gone is
    found like any other, which is how `Forget` comes about. Paths are shown from `root`, which is
    the folder above `base` unless it is given.
    """

    def __init__(
        self,
        base: Path,
        *,
        root: Path | None = None,
        beside: Mapping[SpecName, Path] | None = None,
    ) -> None:
        self._base = base
        self._root = base.parent if root is None else root
        self._beside = dict(beside or {})
        self._one_at_a_time = threading.Lock()
        self._parsed: dict[tuple[str, bytes], Lock] = {}

    def read(self) -> Mapping[SpecName, Lock]:
        """Return the locks by spec, sorted; raises on the first that cannot be trusted."""
        found = self._find()
        return {spec: self._read_one(self._counting(spec, found[spec])) for spec in sorted(found)}

    def parse(self, content: str, where: str) -> Lock:
        """Return the lock that a file's text holds, such as one from git's history."""
        return lock_from_text(content, where)

    def path_of(self, spec: SpecName) -> str:
        """Return where the spec's lock is or would be, from the root."""
        found = self._find().get(spec)
        return self._shown(self._counting(spec, found) if found else self._home(spec))

    def write(self, lock: Lock) -> None:
        """Write the lock whole or not at all; a file that already says so is left alone."""
        spec = lock.spec_name
        home = self._home(spec)
        content = lock_to_text(lock).encode()
        with self._one_at_a_time, self._told(home, "written"):
            home.parent.mkdir(parents=True, exist_ok=True)
            if not _holds(home, content):
                sweep(home.parent)
                write_whole(home, content)
            self._unlink(path for path in self._find().get(spec, []) if path != home)

    def remove(self, spec: SpecName) -> None:
        """Remove the spec's lock, wherever it lies."""
        with self._one_at_a_time, self._told(self._home(spec), "removed"):
            self._unlink(iter(self._find().get(spec, [])))

    def prove_writable(self, specs: Sequence[SpecName]) -> None:
        """Raise RecordError unless every one of these locks can be written."""
        for folder in sorted({self._home(spec).parent for spec in specs}):
            with self._told(folder, "written to"):
                folder.mkdir(parents=True, exist_ok=True)
                try_folder(folder)
        for home in map(self._home, specs):
            if home.is_dir():
                raise RecordError(
                    f"{self._shown(home)} is a folder, and the lock of that name must be written",
                    hint="move the folder away",
                )

    def _home(self, spec: SpecName) -> Path:
        beside = self._beside.get(spec)
        return (self._base if beside is None else beside.parent) / f"{spec}{LOCK_SUFFIX}"

    def _counting(self, spec: SpecName, found: Sequence[Path]) -> Path:
        home = self._home(spec)
        return home if home in found else found[0]

    def _find(self) -> dict[SpecName, list[Path]]:
        found = defaultdict(list)
        with self._told(self._base, "searched for locks"):
            for folder, folders, names in os.walk(self._base, onerror=_raise_unless_absent):
                folders.sort()
                for path in (Path(folder, name) for name in sorted(names)):
                    if path.suffix == LOCK_SUFFIX and re.match(SPEC_NAME_PATTERN, path.stem):
                        found[SpecName(path.stem)].append(path)
        return found

    def _read_one(self, path: Path) -> Lock:
        """Read the file; what was parsed before is not parsed again while it says the same."""
        where = self._shown(path)
        content = _read_bytes(path, where)
        if (where, content) not in self._parsed:
            self._parsed[where, content] = _parse(content, where, path.stem)
        return self._parsed[where, content]

    def _unlink(self, paths: Iterator[Path]) -> None:
        for path in paths:
            path.unlink(missing_ok=True)
            sync_folder(path.parent)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    @contextmanager
    def _told(self, path: Path, deed: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RecordError(
                f"{self._shown(path)} cannot be {deed}: {error.strerror}",
                hint="free the disk or make the folder writable, then run the same command again: "
                "jobs that run are found by their stamp",
            ) from error


def _parse(content: bytes, where: str, name: str) -> Lock:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise unreadable(where, "it is not UTF-8", line) from error
    lock = lock_from_text(text, where)
    if lock.spec != name:
        hint = f"rename it back to {lock.spec}{LOCK_SUFFIX}, or delete it"
        raise unreadable(where, f"it is the lock of {lock.spec!r}", hint=hint)
    return lock


def _raise_unless_absent(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _read_bytes(path: Path, where: str) -> bytes:
    try:
        kind = path.lstat()
        if not stat.S_ISREG(kind.st_mode):
            raise unreadable(where, "it is no regular file")
        if kind.st_size > MAX_BYTES:
            raise unreadable(where, f"it is larger than {MAX_BYTES >> 20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise unreadable(where, f"it cannot be read: {error.strerror}") from error


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content
