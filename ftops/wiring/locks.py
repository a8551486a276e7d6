"""Route each spec's lock: into the repository at home, out of it for a rehearsal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ftops.core.lock import Lock
from ftops.core.names import SpecName, TargetName
from ftops.ports import LockStore


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLocks:
    """The locks of one target; `at_home` are the specs that declare it, so theirs are committed.

    A lock in the repository whose spec is gone belongs to the target it names.
    """

    target: TargetName
    committed: LockStore
    rehearsed: LockStore
    at_home: frozenset[SpecName]
    declared: frozenset[SpecName]

    def read(self) -> Mapping[SpecName, Lock]:
        """Return the locks of specs at home, of orphans, and of rehearsals."""
        committed = self.committed.read()
        mine = {name: lock for name, lock in committed.items() if self._is_mine(name, lock)}
        away = {
            name: lock for name, lock in self.rehearsed.read().items() if name not in self.at_home
        }
        return {**away, **mine}

    def find(self, spec: SpecName) -> Lock | None:
        """Return the one of them that is the spec's."""
        return self._store(spec).find(spec)

    def _is_mine(self, name: SpecName, lock: Lock) -> bool:
        return name in self.at_home or (name not in self.declared and lock.target == self.target)

    def _store(self, spec: SpecName) -> LockStore:
        if spec in self.at_home:
            return self.committed
        if spec in self.declared:
            return self.rehearsed
        lock = self.committed.find(spec)
        mine = lock is not None and lock.target == self.target
        return self.committed if mine else self.rehearsed

    def parse(self, content: str, where: str) -> Lock:
        """Return the lock that a file's text holds."""
        return self.committed.parse(content, where)

    def path_of(self, spec: SpecName) -> str:
        """Return where the spec's lock is or would be."""
        return self._store(spec).path_of(spec)

    def write(self, lock: Lock) -> None:
        """Write the lock where its spec keeps it."""
        self._store(lock.spec_name).write(lock)

    def remove(self, spec: SpecName) -> None:
        """Remove the lock from where its spec keeps it."""
        self._store(spec).remove(spec)

    def prove_writable(self, specs: Sequence[SpecName]) -> None:
        """Raise RecordError unless every one of these locks can be written."""
        here = {spec: self._store(spec) for spec in specs}
        for store in (self.committed, self.rehearsed):
            store.prove_writable([spec for spec in specs if here[spec] is store])
