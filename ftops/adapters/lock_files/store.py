"""Read and write the locks of one target."""

import os
import threading
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ftops.adapters.lock_files.places import Places
from ftops.adapters.lock_files.reading import Reading, shown
from ftops.adapters.lock_files.search import LOCK_SUFFIX
from ftops.adapters.lock_files.whole_write import sweep, sync_folder, try_folder, write_whole
from ftops.cache.stat_cache import StatCache
from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.errors import RecordError
from ftops.ports import Clock


class LockFiles:
    """Locks below `base`, each in the file of its spec's name.

    With `beside` (the spec file of each name) a lock is written into its spec file's folder, else
    into `base` itself. When a spec file moved, its lock may lie in two folders: the one beside the
    spec counts, and the next write or removal deletes the other. A lock whose spec is gone is
    found like any other, which is how `Forget` comes about. Paths are shown from `root`, which is
    the folder above `base` unless it is given. What `memory` holds of a lock is not read again.
    With a `clock`, many writes at once list the folders once a second, and not each time.
    """

    def __init__(
        self,
        base: Path,
        *,
        root: Path | None = None,
        beside: Mapping[SpecName, Path] | None = None,
        memory: StatCache[Lock] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._base = base
        self._root = base.parent if root is None else root
        self._beside = dict(beside or {})
        self._memory = memory
        self._one_at_a_time = threading.Lock()
        self._places = Places(base, clock)
        self._swept: set[Path] = set()
        self._parsed: dict[tuple[str, bytes], Lock] = {}

    def read(self) -> Mapping[SpecName, Lock]:
        """Return the locks by spec, sorted; raises on the first that cannot be trusted."""
        return self.read_orphans(declared=())

    def read_orphans(self, declared: Container[SpecName]) -> Mapping[SpecName, Lock]:
        """Return the locks of specs that are not among the declared ones, sorted."""
        found = self._find()
        reading = self._reading()
        return {
            spec: reading.lock(self._counting(spec, found[spec]))
            for spec in sorted(found)
            if spec not in declared
        }

    def find(self, spec: SpecName) -> Lock | None:
        """Return one spec's lock; raises if it cannot be trusted."""
        home = self._home(spec)
        if os.path.lexists(home) and not home.is_dir():
            return self._reading().lock(str(home))
        with self._one_at_a_time, self._told(self._base, "searched for locks"):
            found = self._places.of(spec)
        return self._reading().lock(found[0]) if found else None

    def parse(self, content: str, where: str) -> Lock:
        """Return the lock that a file's text holds, such as one from git's history."""
        from ftops.adapters.lock_files.lock_text import lock_from_text  # noqa: PLC0415 - see _parse

        return lock_from_text(content, where)

    def path_of(self, spec: SpecName) -> str:
        """Return where the spec's lock is or would be, from the root."""
        found = self._find().get(spec)
        return self._shown(self._counting(spec, found) if found else self._home(spec))

    def write(self, lock: Lock) -> None:
        """Write the lock whole or not at all; a file that already says so is left alone."""
        from ftops.adapters.lock_files.lock_text import lock_to_text  # noqa: PLC0415 - see _parse

        spec = lock.spec_name
        home = self._home(spec)
        content = lock_to_text(lock).encode()
        with self._one_at_a_time, self._told(home, "written"):
            home.parent.mkdir(parents=True, exist_ok=True)
            if not _holds(home, content):
                self._sweep(home.parent)
                write_whole(home, content)
            self._unlink(path for path in map(Path, self._places.of(spec)) if path != home)
            self._places.only(spec, str(home))

    def remove(self, spec: SpecName) -> None:
        """Remove the spec's lock, wherever it lies."""
        with self._one_at_a_time, self._told(self._home(spec), "removed"):
            self._unlink(map(Path, self._places.of(spec)))
            self._places.only(spec)

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

    def _reading(self) -> Reading:
        return Reading(self._root, self._memory, self._parsed)

    def _home(self, spec: SpecName) -> Path:
        beside = self._beside.get(spec)
        return (self._base if beside is None else beside.parent) / f"{spec}{LOCK_SUFFIX}"

    def _counting(self, spec: SpecName, found: Sequence[str]) -> str:
        if len(found) == 1:
            return found[0]
        home = str(self._home(spec))
        return home if home in found else found[0]

    def _find(self) -> dict[SpecName, list[str]]:
        """Return the paths of every lock."""
        with self._told(self._base, "searched for locks"):
            return self._places.listed()

    def _sweep(self, folder: Path) -> None:
        """Remove what a crash of an earlier command left aside; this one leaves nothing."""
        if folder not in self._swept:
            sweep(folder)
            self._swept.add(folder)

    def _unlink(self, paths: Iterator[Path]) -> None:
        for path in paths:
            # Somebody else may have removed it, or the folder, since it was listed.
            with suppress(FileNotFoundError):
                path.unlink()
                sync_folder(path.parent)

    def _shown(self, path: Path | str) -> str:
        return shown(self._root, path)

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


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content
