from pathlib import Path

from ftops.adapters.own_folder.run_lock import ApplyLock
from ftops.adapters.own_folder.seat import seat
from tests.fakes.clock import FakeClock


def locked(root: Path) -> None:
    root.mkdir(exist_ok=True)
    with ApplyLock(root, command="ftops apply", clock=FakeClock()):
        pass


def test_a_seat_is_one_checkout_on_one_running_machine(tmp_path: Path) -> None:
    boot = tmp_path / "boot"
    boot.write_text("first\n", encoding="ascii")
    for name in ("a", "b"):
        locked(tmp_path / name)
    here = seat(tmp_path / "a", boot)
    assert here is not None
    assert here == seat(tmp_path / "a", boot)
    assert here != seat(tmp_path / "b", boot)
    boot.write_text("second\n", encoding="ascii")
    assert here != seat(tmp_path / "a", boot)


def test_without_a_lock_file_or_a_name_of_the_machine_there_is_no_seat(tmp_path: Path) -> None:
    assert seat(tmp_path) is None
    locked(tmp_path)
    assert seat(tmp_path, tmp_path / "no such file") is None
