"""Many locks written at once take one listing; what lies elsewhere is still found in time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ftops.adapters.lock_files import places
from ftops.adapters.lock_files.search import locks_below
from ftops.adapters.lock_files.store import LockFiles
from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.errors import LockUnreadable, RecordError
from tests.fakes.clock import FakeClock
from tests.fakes.specs import desired, lock

NAMES = [SpecName(f"spec-{number}") for number in range(20)]
FIRST = NAMES[0]


def lock_of(name: str) -> Lock:
    return lock(desired(name))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    (tmp_path / "specs" / "elsewhere").mkdir(parents=True)
    return tmp_path / "specs"


@pytest.fixture
def listings(specs: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every whole listing of the folder."""
    seen: list[str] = []

    def told(folder: str) -> Iterator[tuple[SpecName, str]]:
        seen.append(folder)
        return locks_below(folder)

    monkeypatch.setattr(places, "locks_below", told)
    assert specs.is_dir()
    return seen


def move_away(specs: Path, name: str) -> Path:
    moved = specs / "elsewhere" / f"{name}.lock"
    (specs / f"{name}.lock").rename(moved)
    return moved


def test_many_writes_and_removals_at_once_take_one_listing(
    specs: Path, listings: list[str], clock: FakeClock
) -> None:
    locks = LockFiles(specs, clock=clock)
    for name in NAMES:
        locks.write(lock_of(name))
    for name in NAMES[5:]:
        locks.remove(name)
    assert len(listings) == 1
    assert list(locks.read()) == sorted(NAMES[:5])


@pytest.mark.parametrize(
    ("seconds", "count"),
    [
        pytest.param(0.9, 1, id="a moment later"),
        pytest.param(1, 2, id="a second later"),
        pytest.param(-5, 2, id="the clock was set back"),
    ],
)
def test_a_listing_is_believed_for_a_second(
    specs: Path, listings: list[str], clock: FakeClock, seconds: float, count: int
) -> None:
    locks = LockFiles(specs, clock=clock)
    locks.write(lock_of(FIRST))
    clock.advance(seconds)
    locks.write(lock_of(NAMES[1]))
    assert len(listings) == count


def test_without_a_clock_each_write_takes_one(specs: Path, listings: list[str]) -> None:
    locks = LockFiles(specs)
    for name in NAMES:
        locks.write(lock_of(name))
    assert len(listings) == len(NAMES)


@pytest.mark.parametrize("deed", ["write", "remove"])
def test_a_lock_that_somebody_moved_during_a_long_run_goes_with_the_next_write(
    specs: Path, clock: FakeClock, deed: str
) -> None:
    locks = LockFiles(specs, clock=clock)
    locks.write(lock_of(FIRST))
    moved = move_away(specs, FIRST)
    clock.advance(60)
    if deed == "write":
        locks.write(lock_of(FIRST))
    else:
        locks.remove(FIRST)
    assert not moved.exists()
    assert (specs / f"{FIRST}.lock").exists() is (deed == "write")


def test_a_folder_that_is_gone_since_the_listing_is_no_failure(
    specs: Path, clock: FakeClock
) -> None:
    LockFiles(specs).write(lock_of(FIRST))
    moved = move_away(specs, FIRST)
    locks = LockFiles(specs, clock=clock)
    locks.write(lock_of(NAMES[1]))
    moved.unlink()
    moved.parent.rmdir()
    locks.write(lock_of(FIRST))
    assert list(locks.read()) == [FIRST, NAMES[1]]


def test_what_a_crash_left_is_swept_in_every_folder(specs: Path) -> None:
    beside = {FIRST: specs / "one.yaml", NAMES[1]: specs / "elsewhere" / "two.yaml"}
    for path in beside.values():
        path.with_name(".ftops-tmp-dead").write_text("half", encoding="utf-8")
    locks = LockFiles(specs, beside=beside)
    for name in beside:
        locks.write(lock_of(name))
    assert not list(specs.rglob(".ftops-tmp-*"))


def test_one_lock_is_found_without_a_look_at_the_others(
    specs: Path, listings: list[str], clock: FakeClock
) -> None:
    locks = LockFiles(specs, clock=clock)
    locks.write(lock_of(FIRST))
    (specs / f"{NAMES[1]}.lock").write_text("damaged", encoding="utf-8")
    listings.clear()
    clock.advance(60)
    assert locks.find(FIRST) == lock_of(FIRST)
    assert listings == []
    with pytest.raises(LockUnreadable):
        locks.find(NAMES[1])


def test_one_lock_is_found_wherever_it_lies(specs: Path) -> None:
    locks = LockFiles(specs)
    locks.write(lock_of(FIRST))
    move_away(specs, FIRST)
    (specs / f"{FIRST}.lock").mkdir()
    assert locks.find(FIRST) == lock_of(FIRST)
    assert locks.find(NAMES[1]) is None


def test_a_lock_that_is_a_link_is_refused_by_its_name(specs: Path) -> None:
    (specs / f"{FIRST}.lock").symlink_to("nowhere")
    with pytest.raises(LockUnreadable, match="no regular file"):
        LockFiles(specs).find(FIRST)


def test_a_folder_that_cannot_be_searched_is_told(specs: Path) -> None:
    (specs / "file").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match="searched for locks"):
        LockFiles(specs / "file").find(FIRST)
