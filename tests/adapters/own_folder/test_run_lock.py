"""Tests of the apply lock: one holder, named to the second, and gone with its process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typing_extensions import override

from ftops.adapters.own_folder.run_lock import ApplyLock, Queue
from ftops.errors import PlanRefused, RecordError
from tests.fakes.clock import FakeClock


def apply_lock(root: Path, clock: FakeClock | None = None) -> ApplyLock:
    return ApplyLock(root, command="ftops apply", clock=clock or FakeClock())


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        pytest.param(0, "0 s", id="just now"),
        pytest.param(90, "90 s", id="seconds"),
        pytest.param(600, "10 min", id="minutes"),
        pytest.param(4 * 3600, "4 h", id="hours"),
        pytest.param(-60, "0 s", id="a clock that went back"),
    ],
)
def test_a_second_apply_is_refused_and_told_by_whom(
    tmp_path: Path, seconds: float, age: str
) -> None:
    clock = FakeClock()
    with apply_lock(tmp_path, clock):
        clock.advance(seconds)
        with pytest.raises(PlanRefused) as caught, apply_lock(tmp_path, clock):
            pass
    assert caught.value.message == (
        f"process {os.getpid()} (ftops apply) has been applying in this checkout for {age}"
    )
    assert f"kill -INT {os.getpid()}" in (caught.value.hint or "")


def test_it_can_be_taken_again_once_it_was_given_back(tmp_path: Path) -> None:
    for _ in range(2):
        with apply_lock(tmp_path):
            assert (tmp_path / ".ftops" / ".gitignore").is_file()


def test_two_checkouts_do_not_hinder_each_other(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with apply_lock(tmp_path / "one"), apply_lock(tmp_path / "two"):
        pass


def test_an_unreadable_holder_is_still_a_holder(tmp_path: Path) -> None:
    with apply_lock(tmp_path):
        (tmp_path / ".ftops" / "lock").write_text("{", encoding="utf-8")
        with pytest.raises(PlanRefused, match="another ftops"), apply_lock(tmp_path):
            pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from ftops.adapters.own_folder.run_lock import ApplyLock\n"
        "from ftops.adapters.system_clock import SystemClock\n"
        "with ApplyLock(Path(sys.argv[1]), command='ftops apply', clock=SystemClock()):\n"
        "    sys.stdout.write('held\\n'); sys.stdout.flush(); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(PlanRefused, match=f"process {holder.pid} "), apply_lock(tmp_path):
            pass
        holder.kill()
    with apply_lock(tmp_path):
        pass


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / ".ftops" / "lock").mkdir(parents=True)
    with pytest.raises(RecordError, match="cannot be locked") as caught, apply_lock(tmp_path):
        pass
    assert caught.value.hint is not None


def test_one_that_waits_is_told_for_whom_and_gets_its_turn(tmp_path: Path) -> None:
    told: list[str] = []
    first = apply_lock(tmp_path)

    class Ends(FakeClock):
        @override
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 3:
                first.__exit__(None, None, None)

    clock = Ends()
    queue = Queue(seconds=5, tell=told.append)
    first.__enter__()
    with ApplyLock(tmp_path, command="ftops apply", clock=clock, queue=queue):
        pass
    assert len(clock.slept) == 3
    assert told == [
        f"process {os.getpid()} (ftops apply) has been applying in this checkout for 0 s; "
        "waiting 5 s at most"
    ]


def test_patience_ends(tmp_path: Path) -> None:
    clock = FakeClock()
    queue = Queue(seconds=1)
    with apply_lock(tmp_path):
        waiting = ApplyLock(tmp_path, command="ftops apply", clock=clock, queue=queue)
        with pytest.raises(PlanRefused, match="has been applying in this checkout"), waiting:
            pass
    assert sum(clock.slept) == pytest.approx(1)


def test_nobody_waits_once_stopped(tmp_path: Path) -> None:
    clock = FakeClock()
    clock.stop()
    with apply_lock(tmp_path):
        waiting = ApplyLock(tmp_path, command="x", clock=clock, queue=Queue(seconds=60))
        with pytest.raises(PlanRefused), waiting:
            pass
    assert clock.slept == []
