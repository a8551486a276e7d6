"""Locks that are known are not read, and a memory that could be wrong is never believed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from ftops.adapters.lock_files import reading
from ftops.adapters.lock_files.lock_text import lock_to_text
from ftops.adapters.lock_files.memory import INDEX, lock_memory
from ftops.adapters.lock_files.store import LockFiles
from ftops.cache.index_file import IndexFile
from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.errors import LockUnreadable
from tests.fakes.specs import desired, lock
from tests.fakes.ticks import settle

NAMES = ("alone", "triage")
TRIAGE = SpecName("triage")


class Locks:
    """Commands one after the other over the locks below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".ftops" / "cache"
        self.index = self.folder / INDEX

    def put(self, one: Lock) -> Path:
        path = self.root / "specs" / f"{one.spec}.lock"
        path.parent.mkdir(exist_ok=True)
        path.write_text(lock_to_text(one), encoding="utf-8")
        settle(self.folder, path)
        return path

    def read(self, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[SpecName, Lock], list[str]]:
        """Return what one command reads, and which files it opens for that."""
        opened: list[str] = []

        def read_bytes(path: str, where: str) -> bytes:
            opened.append(where)
            return Path(path).read_bytes()

        monkeypatch.setattr(reading, "_read_bytes", read_bytes)
        memory = lock_memory(self.folder)
        try:
            return dict(LockFiles(self.root / "specs", memory=memory).read()), opened
        finally:
            memory.save()


@pytest.fixture(name="locks")
def _locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locks:
    """Two locks that one command has read."""
    locks = Locks(tmp_path)
    for name in NAMES:
        locks.put(lock(desired(name)))
    _, opened = locks.read(monkeypatch)
    assert opened == ["specs/alone.lock", "specs/triage.lock"]
    return locks


def test_unchanged_locks_are_not_read(locks: Locks, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {SpecName(name): lock(desired(name)) for name in NAMES}
    assert locks.read(monkeypatch) == (expected, [])


def test_only_what_changed_is_read(locks: Locks, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(lock(desired("triage")), cost_usd=None, finished_at=None, resolved={"x": [1]})
    locks.put(other)
    found, opened = locks.read(monkeypatch)
    assert (found[TRIAGE], opened) == (other, ["specs/triage.lock"])
    assert locks.read(monkeypatch) == (found, [])


def of_another_version(path: Path) -> None:
    """Write the same entries under a right checksum, made by somebody else."""
    file = IndexFile(path.parent, path.name)
    entries = msgspec.msgpack.decode(file.read() or b"")
    file.write(msgspec.msgpack.encode({**entries, "judges": "ftops 0.0.0"}))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1]), id="cut"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b"AbC123", b"XyZ789")),
            id="another model inside",
        ),
        pytest.param(of_another_version, id="another version's"),
    ],
)
def test_a_damaged_or_foreign_memory_is_none(
    locks: Locks, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], object]
) -> None:
    before, _ = locks.read(monkeypatch)
    spoil(locks.index)
    assert locks.read(monkeypatch) == (before, ["specs/alone.lock", "specs/triage.lock"])


def test_a_lock_as_young_as_the_reading_is_read_again(
    locks: Locks, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = locks.put(lock(desired("triage")))
    path.write_text(lock_to_text(lock(desired("triage"), cost_usd=9.0)), encoding="utf-8")
    for _ in range(2):
        found, _ = locks.read(monkeypatch)
        assert found[TRIAGE].cost_usd == 9.0


def test_damage_is_told_every_time(locks: Locks, monkeypatch: pytest.MonkeyPatch) -> None:
    path = locks.root / "specs" / "triage.lock"
    path.write_text("spec: triage\n", encoding="utf-8")
    settle(locks.folder, path)
    for _ in range(2):
        with pytest.raises(LockUnreadable, match=r"specs/triage\.lock"):
            locks.read(monkeypatch)


def test_a_number_beyond_64_bits_is_read_every_time(
    locks: Locks, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = replace(lock(desired("triage")), resolved={"seed": 1 << 70})
    locks.put(big)
    for _ in range(2):
        found, opened = locks.read(monkeypatch)
        assert (found[TRIAGE], opened) == (big, ["specs/triage.lock"])


def test_orphans_alone_may_be_asked_for(locks: Locks) -> None:
    files = LockFiles(locks.root / "specs")
    assert list(files.read_orphans({TRIAGE})) == ["alone"]
