"""Read lock files: each a regular file of its spec's name, and none twice while it is the same."""

import os
import stat
from functools import cached_property
from pathlib import Path
from typing import Final

from ftops.adapters.lock_files.damage import unreadable
from ftops.adapters.lock_files.search import LOCK_SUFFIX
from ftops.cache.stamp import Stamp, Tick, stamp_of
from ftops.cache.stat_cache import StatCache
from ftops.core.lock import Lock

MAX_BYTES: Final = 1 << 20


class Reading:
    """One pass over locks; what `memory` or `parsed` holds of the same file is not parsed again."""

    def __init__(
        self,
        root: Path,
        memory: StatCache[Lock] | None,
        parsed: dict[tuple[str, bytes], Lock],
    ) -> None:
        self._root = f"{root}/"
        self._memory = memory
        self._parsed = parsed

    def lock(self, path: str) -> Lock:
        """Return the lock that the file is."""
        where = path.removeprefix(self._root)
        stamp = _stamp(path, where)
        known = None if self._memory is None else self._memory.find(where, (stamp,))
        return known or self._read(path, where, stamp)

    def _read(self, path: str, where: str, stamp: Stamp) -> Lock:
        since = self._since
        content = _read_bytes(path, where)
        lock = self._parsed.get((where, content))
        if lock is None:
            lock = _parse(content, where, Path(path).stem)
            self._parsed[where, content] = lock
        if self._memory is not None:
            self._memory.remember(where, (stamp,), lock, since)
        return lock

    @cached_property
    def _since(self) -> Tick | None:
        """The disk's time before the first file of this pass is read."""
        return None if self._memory is None else self._memory.tick()


def shown(root: Path, path: Path | str) -> str:
    """Return a path as people see it, from the root."""
    return str(path).removeprefix(f"{root}/")


def _parse(content: bytes, where: str, name: str) -> Lock:
    # What reads YAML takes 0.1 s to load, and a lock that is known needs none of it.
    from ftops.adapters.lock_files.lock_text import lock_from_text  # noqa: PLC0415 - see above

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


def _stamp(path: str, where: str) -> Stamp:
    try:
        about = os.lstat(path)
    except OSError as error:
        raise unreadable(where, f"it cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(about.st_mode):
        raise unreadable(where, "it is no regular file")
    if about.st_size > MAX_BYTES:
        raise unreadable(where, f"it is larger than {MAX_BYTES >> 20} MiB")
    return stamp_of(about)


def _read_bytes(path: str, where: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise unreadable(where, f"it cannot be read: {error.strerror}") from error
