"""A try that a cluster keeps waiting, and people who change their minds meanwhile."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ftops.trainer.running.scheduler import Scheduler
from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import Happening, Status
from ftops.trainer.store.records import Job, Request
from ftops.trainer.store.store import Store
from ftops.trainer.store.table import Window
from tests.trainer.conftest import wait_until
from tests.trainer.counting_recipe import SULKS
from tests.trainer.running.clusters import FakeCluster
from tests.trainer.running.slow_job import store_with_a_slow_job

TRY = "ftjob-1-try1"


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with store_with_a_slow_job(settings) as opened:
        yield opened


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    made = FakeCluster()
    yield made
    made.is_away = False
    made.forget()


@pytest.fixture
def scheduler(store: Store, settings: Settings, cluster: FakeCluster) -> Scheduler:
    return Scheduler(store, replace(settings, obey_seconds=0.05), cluster)


def known(store: Store) -> Job:
    return store.jobs.known("ftjob-1")


def words(store: Store) -> list[str]:
    rows = store.jobs.events("ftjob-1", Window(limit=100)).rows
    return [event.message for event in rows if event.step is None]


def turns_until(scheduler: Scheduler, store: Store, status: Status) -> None:
    def is_there() -> bool:
        scheduler.turn()
        return known(store).status is status

    wait_until(is_there)


def ask(store: Store, happening: Happening) -> None:
    asked = {Happening.CANCEL: Request.CANCEL, Happening.PAUSE: Request.PAUSE}[happening]
    store.jobs.move("ftjob-1", happening, request=asked)


def test_a_try_that_waits_for_the_cluster_is_queued_and_submitted_once(
    store: Store, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    cluster.is_full = True
    for _ in range(3):
        scheduler.turn()
    assert known(store).told_status is Status.QUEUED
    assert words(store) == [f"Waiting for the cluster to have room for {TRY}"]
    cluster.make_room()
    scheduler.turn()
    assert known(store).told_status is Status.RUNNING
    assert words(store).count("Fine-tuning job started") == 1
    turns_until(scheduler, store, Status.SUCCEEDED)
    assert cluster.submitted == [TRY]


def test_a_server_that_restarts_leaves_a_waiting_try_where_it_is(
    store: Store, settings: Settings, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    cluster.is_full = True
    scheduler.turn()
    second = Scheduler(store, replace(settings, max_running=0), cluster)
    second.start()
    wait_until(lambda: words(store))
    cluster.make_room()
    wait_until(lambda: known(store).status is Status.SUCCEEDED)
    second.stop()
    assert cluster.submitted == [TRY]
    assert len([line for line in words(store) if line.startswith("Waiting for")]) == 1


@pytest.mark.parametrize(
    ("happening", "trouble"),
    [
        pytest.param(Happening.CANCEL, "", id="cancelled while it waits"),
        pytest.param(Happening.PAUSE, "", id="paused while it waits"),
        pytest.param(Happening.CANCEL, "away", id="cancelled, the cluster away"),
        pytest.param(Happening.PAUSE, "away", id="paused, the cluster away"),
        pytest.param(Happening.CANCEL, "lost", id="cancelled and forgotten"),
        pytest.param(Happening.PAUSE, "lost", id="paused and forgotten"),
    ],
)
def test_a_try_that_never_began_is_not_waited_for(
    store: Store, scheduler: Scheduler, cluster: FakeCluster, happening: Happening, trouble: str
) -> None:
    then = {Happening.CANCEL: Status.CANCELLED, Happening.PAUSE: Status.PAUSED}[happening]
    cluster.is_full = True
    scheduler.turn()
    ask(store, happening)
    cluster.is_away = trouble == "away"
    if trouble == "lost":
        cluster.forget()
    scheduler.turn()
    assert known(store).status is then
    assert words(store)[0] == f"Fine-tuning job {then}"
    assert cluster.stopped == [TRY]
    assert cluster.submitted == [TRY]


def test_a_paused_try_that_waited_is_submitted_anew(
    store: Store, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    cluster.is_full = True
    scheduler.turn()
    ask(store, Happening.PAUSE)
    scheduler.turn()
    cluster.is_full = False
    store.jobs.move("ftjob-1", Happening.RESUME, request=Request.NOTHING)
    turns_until(scheduler, store, Status.SUCCEEDED)
    assert cluster.submitted == [TRY, "ftjob-1-try2"]


@pytest.fixture
def deaf(store: Store, scheduler: Scheduler) -> None:
    """The job has begun, and does not hear."""
    slow = {"learning_rate_multiplier": 1.0}
    store.jobs.amend("ftjob-1", seed=SULKS, hyperparameters=slow)

    def has_begun() -> bool:
        scheduler.turn()
        return store.jobs.last_step("ftjob-1") >= 1

    wait_until(has_begun)


@pytest.mark.usefixtures("deaf")
def test_a_cluster_that_goes_away_at_work_is_told_once_and_still_cancels(
    store: Store, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    cluster.is_away = True
    for _ in range(3):
        scheduler.turn()
    assert words(store).count(f"The cluster that runs {TRY} cannot be reached") == 1
    assert known(store).told_status is Status.RUNNING
    ask(store, Happening.CANCEL)
    turns_until(scheduler, store, Status.CANCELLED)
    assert cluster.stopped == [TRY]
    assert store.jobs.last_step("ftjob-1") < 4


@pytest.mark.usefixtures("deaf")
def test_a_cluster_that_takes_its_time_to_stop_is_asked_once(
    store: Store, scheduler: Scheduler, cluster: FakeCluster
) -> None:
    cluster.stops_later = True
    ask(store, Happening.CANCEL)

    def is_asked() -> bool:
        scheduler.turn()
        return bool(cluster.stopped)

    wait_until(is_asked)
    for _ in range(5):
        scheduler.turn()
    assert cluster.stopped == [TRY]
    assert known(store).status is Status.RUNNING
    turns_until(scheduler, store, Status.CANCELLED)
