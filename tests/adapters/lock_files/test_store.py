"""Tests of the lock store: where locks lie, and that every one on disk is whole."""

import os
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ftops.adapters.lock_files.store import LockFiles
from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.errors import LockUnreadable, RecordError
from ftops.ports import LockStore
from tests.fakes.full_disk import files_no_larger_than
from tests.fakes.specs import desired, lock

TRIAGE, SUPPORT = SpecName("triage"), SpecName("support")


def lock_of(name: str, **fields: object) -> Lock:
    return lock(desired(name), **fields)


@pytest.fixture(name="specs")
def _specs(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    return folder


def files_below(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_without_a_folder_there_are_no_locks(tmp_path: Path) -> None:
    locks: LockStore = LockFiles(tmp_path / "specs")
    assert locks.read() == {}


def test_a_lock_is_written_beside_its_spec_and_read_back(specs: Path) -> None:
    (specs / "teams").mkdir()
    beside = {TRIAGE: specs / "teams" / "anything.yaml"}
    locks = LockFiles(specs, beside=beside)
    locks.write(lock_of("triage"))
    assert files_below(specs) == ["teams/triage.lock"]
    assert locks.read() == {TRIAGE: lock_of("triage")}
    assert locks.path_of(TRIAGE) == "specs/teams/triage.lock"


def test_a_rehearsal_keeps_its_locks_in_a_folder_of_its_own(tmp_path: Path) -> None:
    base = tmp_path / ".ftops" / "targets" / "local"
    locks = LockFiles(base, root=tmp_path)
    locks.prove_writable([TRIAGE])
    locks.write(lock_of("triage"))
    assert files_below(tmp_path) == [".ftops/targets/local/triage.lock"]
    assert locks.path_of(TRIAGE) == ".ftops/targets/local/triage.lock"


def test_an_equal_lock_is_not_written_again(specs: Path) -> None:
    locks = LockFiles(specs)
    locks.write(lock_of("triage"))
    before = (specs / "triage.lock").stat()
    locks.write(lock_of("triage"))
    assert (specs / "triage.lock").stat() == before


def test_another_lock_replaces_the_file(specs: Path) -> None:
    locks = LockFiles(specs)
    locks.write(lock_of("triage"))
    changed = lock_of("triage", metadata={"version": "2.0"})
    locks.write(changed)
    assert locks.read() == {TRIAGE: changed}


def test_a_lock_is_as_readable_as_the_umask_allows(specs: Path) -> None:
    before = os.umask(0o022)
    try:
        LockFiles(specs).write(lock_of("triage"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((specs / "triage.lock").stat().st_mode) == 0o644


def test_a_lock_without_a_spec_is_found_and_removed(specs: Path) -> None:
    LockFiles(specs, beside={TRIAGE: specs / "triage.yaml"}).write(lock_of("triage"))
    later = LockFiles(specs, beside={SUPPORT: specs / "support.yaml"})
    assert set(later.read()) == {TRIAGE}
    later.remove(TRIAGE)
    later.remove(TRIAGE)
    assert files_below(specs) == []


def test_only_files_named_like_a_spec_are_locks(specs: Path) -> None:
    for name in ("Cargo.lock", ".hidden.lock", "notes.lock.txt", "two words.lock"):
        (specs / name).write_text("not ours", encoding="utf-8")
    assert LockFiles(specs).read() == {}


def test_when_a_spec_moved_the_lock_beside_it_counts_and_the_other_goes_with_the_next_write(
    specs: Path,
) -> None:
    (specs / "new").mkdir()
    old, new = lock_of("triage"), lock_of("triage", metadata={"at": "home"})
    LockFiles(specs).write(old)
    moved = LockFiles(specs, beside={TRIAGE: specs / "new" / "triage.yaml"})
    assert moved.read() == {TRIAGE: old}
    assert moved.path_of(TRIAGE) == "specs/triage.lock"
    (specs / "new" / "triage.lock").write_bytes((specs / "triage.lock").read_bytes())
    (specs / "triage.lock").write_text("damaged", encoding="utf-8")
    assert moved.read() == {TRIAGE: old}
    assert moved.path_of(TRIAGE) == "specs/new/triage.lock"
    moved.write(new)
    assert files_below(specs) == ["new/triage.lock"]
    assert moved.read() == {TRIAGE: new}


def test_a_lock_under_another_name_is_refused(specs: Path) -> None:
    LockFiles(specs).write(lock_of("triage"))
    (specs / "triage.lock").rename(specs / "support.lock")
    with pytest.raises(LockUnreadable, match=r"specs/support\.lock.*lock of 'triage'") as caught:
        LockFiles(specs).read()
    assert "rename it back to triage.lock" in (caught.value.hint or "")


def damage_with_bytes(path: Path) -> None:
    path.write_bytes(b"spec: triage\njob: \xff\n")


def damage_with_a_link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def damage_with_size(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(2 << 20)


def damage_with_a_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(damage_with_bytes, r"triage\.lock:2: .*not UTF-8", id="bytes of no text"),
        pytest.param(damage_with_a_link, "no regular file", id="a symbolic link"),
        pytest.param(damage_with_a_pipe, "no regular file", id="a pipe that would block"),
        pytest.param(damage_with_size, "larger than 1 MiB", id="a file far too large"),
    ],
)
def test_a_file_that_can_be_no_lock_is_refused(
    specs: Path,
    damage: Callable[[Path], None],
    message: str,
) -> None:
    damage(specs / "triage.lock")
    with pytest.raises(LockUnreadable, match=message):
        LockFiles(specs).read()


def test_a_base_that_is_no_folder_is_told(specs: Path) -> None:
    (specs / "file").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match="cannot be searched") as caught:
        LockFiles(specs / "file").read()
    assert caught.value.hint is not None


def test_a_lock_from_gits_history_is_parsed_under_its_commit(specs: Path) -> None:
    locks = LockFiles(specs)
    locks.write(lock_of("triage"))
    content = (specs / "triage.lock").read_text(encoding="utf-8")
    assert locks.parse(content, "abc1234") == lock_of("triage")
    with pytest.raises(LockUnreadable, match="abc1234"):
        locks.parse("", "abc1234")


def test_the_path_of_a_lock_that_is_not_written_yet_is_told(specs: Path) -> None:
    assert LockFiles(specs).path_of(TRIAGE) == "specs/triage.lock"


def test_a_full_disk_leaves_the_old_lock_whole_and_nothing_beside_it(specs: Path) -> None:
    locks = LockFiles(specs)
    locks.write(lock_of("triage"))
    before = (specs / "triage.lock").read_bytes()
    changed = lock_of("triage", metadata={"version": "2.0"})
    with files_no_larger_than(100), pytest.raises(RecordError, match="cannot be written") as caught:
        locks.write(changed)
    assert (specs / "triage.lock").read_bytes() == before
    assert files_below(specs) == ["triage.lock"]
    assert "found by their stamp" in (caught.value.hint or "")
    locks.write(changed)
    assert locks.read() == {TRIAGE: changed}


def test_a_rename_that_fails_leaves_nothing_beside_it(specs: Path) -> None:
    (specs / "triage.lock").mkdir()
    (specs / "triage.lock" / "keep").write_text("mine", encoding="utf-8")
    with pytest.raises(RecordError, match="cannot be written"):
        LockFiles(specs).write(lock_of("triage"))
    assert files_below(specs) == ["triage.lock/keep"]


def test_what_a_crash_left_aside_is_swept_by_the_next_write(specs: Path) -> None:
    (specs / ".ftops-tmp-dead").write_text("half", encoding="utf-8")
    assert LockFiles(specs).read() == {}
    LockFiles(specs).write(lock_of("triage"))
    assert files_below(specs) == ["triage.lock"]


def test_threads_that_write_side_by_side_lose_nothing(specs: Path) -> None:
    locks = LockFiles(specs)
    names = [f"spec-{number}" for number in range(12)]
    start = threading.Barrier(4)

    def write(part: int) -> None:
        start.wait()
        for name in names[part::4]:
            locks.write(lock_of(name))

    with ThreadPoolExecutor(max_workers=4) as threads:
        list(threads.map(write, range(4)))
    assert sorted(locks.read()) == sorted(names)


def test_proving_leaves_nothing_behind(specs: Path) -> None:
    LockFiles(specs).prove_writable([TRIAGE, SUPPORT])
    assert files_below(specs) == []


def test_a_folder_that_takes_no_files_is_told_before_anything_is_spent(specs: Path) -> None:
    (specs / "blocked").write_text("a file where a folder should be", encoding="utf-8")
    locks = LockFiles(specs, beside={TRIAGE: specs / "blocked" / "triage.yaml"})
    with pytest.raises(RecordError, match=r"specs/blocked cannot be written to") as caught:
        locks.prove_writable([TRIAGE])
    assert caught.value.hint is not None


def test_a_full_disk_is_told_before_anything_is_spent(specs: Path) -> None:
    with files_no_larger_than(0), pytest.raises(RecordError, match="cannot be written to"):
        LockFiles(specs).prove_writable([TRIAGE])
    assert files_below(specs) == []


def test_a_folder_with_the_name_of_a_lock_is_told_before_anything_is_spent(specs: Path) -> None:
    (specs / "triage.lock").mkdir()
    with pytest.raises(RecordError, match=r"specs/triage\.lock is a folder") as caught:
        LockFiles(specs).prove_writable([TRIAGE])
    assert caught.value.hint is not None
