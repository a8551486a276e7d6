"""Which of two stores keeps a spec's lock: the repository's, or that of rehearsals."""

import pytest

from ftops.core.lock import Lock
from ftops.core.names import SpecName, TargetName
from ftops.wiring.locks import TargetLocks
from tests.fakes.memory import MemoryLocks
from tests.fakes.specs import TARGET, desired, lock

AT_HOME, AWAY, ORPHAN = SpecName("at-home"), SpecName("away"), SpecName("orphan")
LOCAL = TargetName("local")


def lock_of(name: str, target: str = TARGET) -> Lock:
    return lock(desired(name), target=target)


def target_locks(*committed: Lock, rehearsed: tuple[Lock, ...] = ()) -> TargetLocks:
    return TargetLocks(
        target=TARGET,
        committed=MemoryLocks(*committed),
        rehearsed=MemoryLocks(*rehearsed),
        at_home=frozenset({AT_HOME}),
        declared=frozenset({AT_HOME, AWAY}),
    )


COMMITTED = [lock_of(AT_HOME), lock_of(AWAY), lock_of(ORPHAN)]
REHEARSED = (lock_of(AWAY, "rehearsal"), lock_of(ORPHAN, "rehearsal"))


@pytest.mark.parametrize(
    "locks",
    [
        pytest.param(target_locks(*COMMITTED), id="in the repository"),
        pytest.param(target_locks(rehearsed=REHEARSED), id="of rehearsals"),
        pytest.param(target_locks(*COMMITTED, rehearsed=REHEARSED), id="in both"),
        pytest.param(
            target_locks(lock_of(ORPHAN, LOCAL), rehearsed=REHEARSED), id="of another target"
        ),
        pytest.param(target_locks(), id="nowhere"),
    ],
)
def test_the_lock_that_is_found_is_the_one_that_is_read(locks: TargetLocks) -> None:
    read = locks.read()
    assert {name: locks.find(name) for name in (AT_HOME, AWAY, ORPHAN)} == {
        name: read.get(name) for name in (AT_HOME, AWAY, ORPHAN)
    }


def test_each_store_proves_its_own() -> None:
    locks = target_locks(*COMMITTED)
    assert isinstance(locks.rehearsed, MemoryLocks)
    locks.rehearsed.unwritable = {AT_HOME, ORPHAN}
    locks.prove_writable([AT_HOME, AWAY, ORPHAN])
