"""What every launcher keeps to, and what the scheduler makes of one that forgets."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ftops.trainer.running.attempt_folder import AttemptFolder, Order
from ftops.trainer.running.launchers.command import worker_command
from ftops.trainer.running.launchers.contract import Launcher, Standing, Submission
from ftops.trainer.running.launchers.this_machine import ThisMachine
from ftops.trainer.running.scheduler import Scheduler
from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import Status
from ftops.trainer.store.store import Store
from ftops.trainer.store.table import Window
from tests.trainer.conftest import wait_until
from tests.trainer.counting_settings import COUNTING
from tests.trainer.rows import chat_rows
from tests.trainer.running.clusters import FakeCluster
from tests.trainer.running.slow_job import store_with_a_slow_job

ALL = Window(limit=100)


@pytest.fixture(
    params=[
        pytest.param(ThisMachine, id="processes of this machine"),
        pytest.param(FakeCluster, id="a cluster in memory"),
    ]
)
def launcher(request: pytest.FixtureRequest) -> Launcher:
    made: Launcher = request.param()
    return made


def a_submission(folder: Path, pace: float) -> Submission:
    rows = folder / "rows.jsonl"
    rows.write_bytes(chat_rows(10))
    attempt = AttemptFolder(folder / "try")
    attempt.write_order(
        Order(
            job_id="ftjob-1",
            recipe="ftops-nano",
            recipe_at=COUNTING["ftops-nano"],
            method="supervised",
            hyperparameters={"learning_rate_multiplier": pace},
            seed=1,
            training_file=rows,
            validation_file=None,
            work=folder / "work",
            parent=None,
        )
    )
    return Submission(id="ftjob-1-try1", folder=attempt)


def test_a_submission_runs_to_its_end_once(launcher: Launcher, tmp_path: Path) -> None:
    wanted = a_submission(tmp_path, 0.001)
    launcher.submit(wanted)
    launcher.submit(wanted)
    wait_until(lambda: launcher.status(wanted) is Standing.ENDED)
    launcher.submit(wanted)
    assert launcher.status(wanted) is Standing.ENDED
    assert wanted.folder.result() is not None
    assert len(wanted.folder.lines_after(0)[0]) == 8, "each line was told once"
    launcher.stop(wanted)


def test_a_submission_is_stopped_at_once(launcher: Launcher, tmp_path: Path) -> None:
    wanted = a_submission(tmp_path, 30)
    assert launcher.logs(wanted) == ""
    launcher.submit(wanted)
    wait_until(wanted.folder.mark)
    assert launcher.status(wanted) is Standing.RUNNING
    launcher.stop(wanted)
    wait_until(lambda: launcher.status(wanted) is Standing.ENDED)
    assert wanted.folder.result() is None


def test_what_a_worker_printed_is_kept(launcher: Launcher, tmp_path: Path) -> None:
    wanted = a_submission(tmp_path, 0.001)
    (wanted.folder.path / "job.json").unlink()
    launcher.submit(wanted)
    wait_until(lambda: launcher.status(wanted) is Standing.ENDED)
    assert "job.json" in launcher.logs(wanted)


def test_several_processes_are_started_by_torchrun() -> None:
    alone, together = worker_command("/try"), worker_command("/try", 2)
    assert alone[-3:] == ["-m", "ftops.trainer.running.worker", "/try"]
    assert together[-3:] == alone[-3:]
    assert together[together.index("--nproc-per-node") + 1] == "2"


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with store_with_a_slow_job(settings) as opened:
        yield opened


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def scheduler(store: Store, settings: Settings, cluster: FakeCluster) -> Scheduler:
    return Scheduler(store, settings, cluster)


def words(store: Store) -> list[str]:
    return [event.message for event in store.jobs.events("ftjob-1", ALL).rows]


def ends(store: Store, scheduler: Scheduler) -> None:
    def is_over() -> bool:
        scheduler.turn()
        return store.jobs.known("ftjob-1").status is Status.SUCCEEDED

    wait_until(is_over)


def test_a_job_the_cluster_forgot_goes_on_from_what_it_saved(
    store: Store, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    scheduler.turn()

    def has_begun() -> bool:
        scheduler.turn()
        return store.jobs.last_step("ftjob-1") >= 2

    wait_until(has_begun)
    cluster.forget()
    ends(store, scheduler)
    assert cluster.submitted == ["ftjob-1-try1", "ftjob-1-try2"]
    assert store.jobs.known("ftjob-1").losses == 1
    assert len(store.jobs.steps("ftjob-1")) == 4


def test_a_cluster_that_is_away_decides_nothing(
    store: Store, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    cluster.is_away = True
    scheduler.turn()
    scheduler.turn()
    assert store.jobs.known("ftjob-1").status is Status.RUNNING
    assert words(store).count("the cluster is away") == 1
    cluster.is_away = False
    ends(store, scheduler)
    assert cluster.submitted == ["ftjob-1-try1"]
    assert store.jobs.known("ftjob-1").losses == 0


def test_a_refusal_is_told_once_and_tried_again(
    store: Store, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    cluster.refuses = "no such queue"
    for _ in range(3):
        scheduler.turn()
    assert words(store).count("no such queue") == 1
    cluster.refuses = ""
    ends(store, scheduler)


def test_a_submission_whose_server_died_at_once_is_said_again(
    store: Store, settings: Settings, cluster: FakeCluster
) -> None:
    def die() -> None:
        raise SystemExit

    cluster.on_submit = die
    with pytest.raises(SystemExit):
        Scheduler(store, settings, cluster).turn()
    cluster.on_submit = lambda: None
    second = Scheduler(store, replace(settings, max_running=0), cluster)
    second.start()
    wait_until(lambda: store.jobs.known("ftjob-1").status is Status.SUCCEEDED)
    second.stop()
    assert cluster.submitted == ["ftjob-1-try1"]
