"""The worker's side of a try, run in this process."""

import fcntl
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ftops.trainer.running import worker
from ftops.trainer.running.attempt import Attempt
from ftops.trainer.running.attempt_folder import (
    DISK_FULL,
    SUPERSEDED,
    AttemptFolder,
    Order,
    Result,
    WorkerMark,
)
from ftops.trainer.running.launchers.contract import Standing, Submission
from ftops.trainer.running.launchers.this_machine import ThisMachine
from ftops.trainer.running.worker_report import AttemptReport
from ftops.trainer.store.records import Request
from tests.trainer.conftest import wait_until
from tests.trainer.counting_recipe import DECLINES
from tests.trainer.counting_settings import COUNTING
from tests.trainer.rows import chat_rows


@pytest.fixture
def order(tmp_path: Path) -> Order:
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(b"\xef\xbb\xbf" + chat_rows(10) + b"\n")
    return Order(
        job_id="ftjob-1",
        recipe="ftops-nano",
        recipe_at=COUNTING["ftops-nano"],
        method="supervised",
        hyperparameters={"n_epochs": 2, "batch_size": "auto"},
        seed=1,
        training_file=rows,
        validation_file=rows,
        work=tmp_path / "work",
        parent=None,
    )


@pytest.fixture
def folder(tmp_path: Path, order: Order) -> AttemptFolder:
    made = AttemptFolder(tmp_path / "try-1")
    made.write_order(order)
    return made


def watched(folder: AttemptFolder) -> Attempt:
    submission = Submission(id="ftjob-1-try1", folder=folder)
    return Attempt(submission=submission, launcher=ThisMachine())


def kinds(folder: AttemptFolder) -> list[str]:
    lines, _ = folder.lines_after(0)
    return [json.loads(line)["kind"] for line in lines]


def test_an_order_is_read_as_written(folder: AttemptFolder, order: Order) -> None:
    assert folder.order() == order


def test_a_worker_reports_and_says_how_it_ended(folder: AttemptFolder, order: Order) -> None:
    assert folder.result() is None
    worker.work(folder)
    done = folder.result()
    assert done is not None
    assert done.model_dir == order.work / "checkpoints" / "step-4"
    mark = folder.mark()
    assert mark is not None
    assert mark.pid == os.getpid()
    assert folder.last_beat() > 0
    assert kinds(folder) == [
        "resolved",
        "note",
        "step",
        "step",
        "checkpoint",
        "step",
        "step",
        "checkpoint",
    ]


def test_a_worker_started_twice_works_once(folder: AttemptFolder) -> None:
    worker.work(folder)
    told = kinds(folder)
    worker.work(folder)
    assert kinds(folder) == told


def test_a_worker_stops_when_told(folder: AttemptFolder) -> None:
    watched(folder).tell(Request.PAUSE)
    worker.work(folder)
    assert folder.result() == Result(stopped="pause")


def test_a_failing_recipe_is_written_down(
    folder: AttemptFolder, order: Order, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.write_order(replace(order, seed=666))
    worker.work(folder)
    assert folder.result() == Result(error="ValueError: the rows taste bad")
    assert "Traceback" in capsys.readouterr().err


def test_what_cannot_be_trained_is_refused_in_its_own_words(
    folder: AttemptFolder, order: Order
) -> None:
    folder.write_order(replace(order, seed=DECLINES))
    worker.work(folder)
    assert folder.result() == Result(refused="the rows are too good\nhint: spoil them")


def test_a_full_disk_is_no_failure_of_the_training(folder: AttemptFolder) -> None:
    (folder.path / "events.jsonl").symlink_to("/dev/full")
    worker.work(folder)
    assert folder.result() == Result(stopped=DISK_FULL)


def test_a_superseded_worker_does_nothing(
    folder: AttemptFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_control(SUPERSEDED)
    monkeypatch.setattr("sys.argv", ["worker", str(folder.path)])
    with pytest.raises(SystemExit, match="superseded"):
        worker.main()
    assert folder.result() is None


def test_a_worker_superseded_on_the_way_leaves(folder: AttemptFolder) -> None:
    report = AttemptReport(folder)
    folder.write_control("a word of a later version")
    assert report.wish() == "go on"
    folder.write_control(SUPERSEDED)
    with pytest.raises(SystemExit, match="superseded"):
        report.wish()


def test_two_workers_never_share_a_job(folder: AttemptFolder, order: Order) -> None:
    order.work.mkdir()
    lock = os.open(order.work / "worker.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    second = threading.Thread(target=worker.work, args=(folder,))
    second.start()
    second.join(0.3)
    assert second.is_alive()
    assert folder.result() is None
    os.close(lock)
    second.join()
    assert folder.result() is not None


def test_a_worker_does_not_wait_for_ever(
    folder: AttemptFolder, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOCK_SECONDS", 0.0)
    order.work.mkdir()
    lock = os.open(order.work / "worker.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with pytest.raises(TimeoutError, match="older worker"):
        worker.work(folder)
    os.close(lock)


def test_a_torn_line_is_read_when_it_is_whole(folder: AttemptFolder) -> None:
    log = folder.path / "events.jsonl"
    log.write_bytes(b'{"kind": "note"}\n{"kind": ')
    lines, reached = folder.lines_after(0)
    assert lines == [b'{"kind": "note"}']
    with log.open("ab") as stream:
        stream.write(b'"step"}\n')
    assert folder.lines_after(reached)[0] == [b'{"kind": "step"}']


def test_an_adopted_worker_can_be_killed_only_while_it_is_the_same(folder: AttemptFolder) -> None:
    adopted = watched(folder)
    assert adopted.standing() is Standing.ENDED
    adopted.kill()
    assert not adopted.is_deaf(0)


def test_of_several_processes_the_others_write_nothing(
    folder: AttemptFolder, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    order.work.mkdir()
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    before = {each.name for each in folder.path.iterdir()}
    worker.work(folder)
    assert {each.name for each in folder.path.iterdir()} == before


def test_of_several_processes_the_first_speaks_for_all(
    folder: AttemptFolder, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setattr(worker, "ECHO_SECONDS", 0.0)
    folder.write_order(replace(order, seed=666))
    worker.work(folder)
    mark = folder.mark()
    assert mark is not None
    assert mark.pid == os.getppid(), "whoever is killed to end them all"
    assert folder.result() == Result(error="ValueError: the rows taste bad")


def test_a_worker_ends_with_the_process_that_carries_its_folder(
    folder: AttemptFolder, order: Order
) -> None:
    paced = order.hyperparameters | {"learning_rate_multiplier": 30}
    folder.write_order(replace(order, hyperparameters=paced))
    folder.write_carrier(WorkerMark(pid=os.getpid(), born="long ago"))
    launcher, submission = ThisMachine(), Submission(id="ftjob-1-try1", folder=folder)
    launcher.submit(submission)
    wait_until(lambda: launcher.status(submission) is Standing.ENDED)
    assert folder.result() is None
