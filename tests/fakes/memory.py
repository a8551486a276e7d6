"""Records and data in memory: locks, journal, specs, datasets and a listening reporter."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from ftops.adapters.lock_files.lock_shape import lock_from_plain
from ftops.core.desired import DataPin, Declared, Pins
from ftops.core.lock import Lock
from ftops.core.names import Fingerprint, SpecName
from ftops.core.observed import OpenIntent
from ftops.core.progress import Progress
from ftops.errors import DatasetError, LockUnreadable, Problem, RecordError
from tests.fakes.fuse import Fuse


class MemoryLocks:
    """The port's LockStore; `writes` names the spec of every write and removal that changed it.

    `unwritable` names locks that cannot be written; without `proves` that shows only at the write.
    """

    def __init__(self, *locks: Lock, fuse: Fuse | None = None) -> None:
        self._locks = {lock.spec_name: lock for lock in locks}
        self._fuse = fuse or Fuse()
        self.unwritable: set[SpecName] = set()
        self.proves = True
        self.writes: list[SpecName] = []

    def read(self) -> Mapping[SpecName, Lock]:
        return dict(self._locks)

    def find(self, spec: SpecName) -> Lock | None:
        return self._locks.get(spec)

    def parse(self, content: str, where: str) -> Lock:
        try:
            return lock_from_plain(json.loads(content))
        except ValueError as error:
            raise LockUnreadable(f"{where}: not a lock") from error

    def path_of(self, spec: SpecName) -> str:
        return f"specs/{spec}.lock"

    def write(self, lock: Lock) -> None:
        self._fuse.burn(f"before writing the lock of {lock.spec}")
        if self._locks.get(lock.spec_name) != lock:
            self._refuse([lock.spec_name])
            self._locks[lock.spec_name] = lock
            self.writes.append(lock.spec_name)
        self._fuse.burn(f"after writing the lock of {lock.spec}")

    def remove(self, spec: SpecName) -> None:
        self._fuse.burn(f"before removing the lock of {spec}")
        if self._locks.pop(spec, None) is not None:
            self.writes.append(spec)
        self._fuse.burn(f"after removing the lock of {spec}")

    def prove_writable(self, specs: Sequence[SpecName]) -> None:
        if self.proves:
            self._refuse(specs)

    def _refuse(self, specs: Sequence[SpecName]) -> None:
        for spec in specs:
            if spec in self.unwritable:
                raise RecordError(f"{self.path_of(spec)}: cannot be written")


class MemoryJournal:
    """The port's Journal; `ends` tells how each intent ended."""

    def __init__(self, *intents: OpenIntent, fuse: Fuse | None = None) -> None:
        self._open = {intent.fingerprint: intent for intent in intents}
        self._fuse = fuse or Fuse()
        self.ends: list[tuple[Fingerprint, str]] = []
        self.is_full = False
        self.rescued: list[OpenIntent] = []

    def open_intents(self) -> tuple[OpenIntent, ...]:
        return tuple(self._open.values())

    def prove_writable(self) -> None:
        if self.is_full:
            raise RecordError("journal: the disk is full")

    def rescue(self, intent: OpenIntent) -> str:
        self.rescued.append(intent)
        self._open[intent.fingerprint] = intent
        return "memory"

    def begin(self, intent: OpenIntent) -> None:
        self.prove_writable()
        what = "answer to" if intent.jobs else "intent of"
        self._fuse.burn(f"before the {what} {intent.spec}")
        self._open[intent.fingerprint] = intent
        self._fuse.burn(f"after the {what} {intent.spec}")

    def close(self, fingerprint: Fingerprint, how: str) -> None:
        self._fuse.burn("before closing an intent")
        if self._open.pop(fingerprint, None) is not None:
            self.ends.append((fingerprint, how))
        self._fuse.burn("after closing an intent")


class MemoryDatasets:
    """The port's DatasetMemory over ready-made pins, by spec; `moved` names data edited since."""

    def __init__(self, pins: Mapping[SpecName, Pins]) -> None:
        self._pins = dict(pins)
        self.warnings: dict[SpecName, tuple[Problem, ...]] = {}
        self.moved: set[str] = set()
        self.much: set[SpecName] = set()

    def must_read_much(self, declared: Declared) -> bool:
        return declared.name in self.much

    def forget(self, spec: SpecName) -> None:
        """Lose the file of a spec."""
        del self._pins[spec]

    def pin(self, declared: Declared) -> tuple[Pins, tuple[Problem, ...]]:
        if declared.name not in self._pins:
            raise DatasetError([Problem(message="no such file", path=declared.path)])
        return self._pins[declared.name], self.warnings.get(declared.name, ())

    @contextmanager
    def staged(self, pin: DataPin) -> Iterator[str]:
        if pin.digest in self.moved:
            raise DatasetError([Problem(message="changed since it was pinned", path=pin.paths[0])])
        yield memory_path(pin)


class RecordingReporter:
    """The port's Reporter; keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Progress] = []

    def tell(self, event: Progress) -> None:
        self.told.append(event)


_MARK = "memory"


def memory_path(pin: DataPin) -> str:
    """Return a path that stands for a pin's bytes without a file."""
    return f"{_MARK}:{pin.size}:{pin.digest}"


def memory_size(path: str) -> int | None:
    """Return the size told by a `memory_path`, or None for a real path."""
    mark, _, rest = path.partition(":")
    return int(rest.split(":")[0]) if mark == _MARK else None
