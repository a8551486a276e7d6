"""What the scheduler and its neighbours do when something is missing or goes wrong."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ftops.trainer import surroundings
from ftops.trainer.api.serving import LoadedModels
from ftops.trainer.running.attempt_folder import DISK_FULL, AttemptFolder, Order, Result
from ftops.trainer.running.finish import settle
from ftops.trainer.running.follow import take_in
from ftops.trainer.running.launchers.contract import Standing, Submission
from ftops.trainer.running.launchers.this_machine import ThisMachine
from ftops.trainer.running.scheduler import Scheduler
from ftops.trainer.running.validation import find_fault
from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import Happening, IllegalTransitionError, Status
from ftops.trainer.store.records import Request, TunedModel
from ftops.trainer.store.store import Store
from ftops.trainer.store.table import Window
from tests.trainer.conftest import wait_until
from tests.trainer.counting_settings import COUNTING
from tests.trainer.rows import chat_rows
from tests.trainer.samples import a_file, a_job

TEN = Window(limit=10)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store(settings.store)
    yield opened
    opened.close()


@pytest.fixture
def scheduler(store: Store, settings: Settings) -> Scheduler:
    return Scheduler(store, settings)


def keep(store: Store, file_id: str, content: bytes) -> None:
    staged = store.incoming_folder / file_id
    staged.write_bytes(content)
    store.keep_file(a_file(file_id), staged)


def test_a_job_without_its_parent_cannot_start(store: Store, scheduler: Scheduler) -> None:
    keep(store, "file-1", chat_rows(10))
    store.jobs.create(a_job(status=Status.QUEUED, parent="ft:gone"), [])
    scheduler.turn()
    job = store.jobs.known("ftjob-1")
    assert job.status is Status.FAILED
    assert job.error is not None
    assert (job.error.code, job.error.message) == ("model_not_found", "Model ft:gone is gone.")


@pytest.mark.parametrize(
    ("kept", "param"),
    [
        pytest.param([], "training_file", id="no training file"),
        pytest.param(["file-1"], "validation_file", id="no validation file"),
    ],
)
def test_a_new_job_whose_files_are_gone_is_refused(
    store: Store, kept: list[str], param: str
) -> None:
    for file_id in kept:
        keep(store, file_id, chat_rows(10))
    fault = find_fault(store, a_job(validation_file="file-2"))
    assert fault is not None
    assert (fault.code, fault.param) == ("invalid_training_file", param)


def test_legal_files_have_no_fault(store: Store) -> None:
    keep(store, "file-1", chat_rows(10))
    keep(store, "file-2", chat_rows(1))
    assert find_fault(store, a_job(validation_file="file-2")) is None


def test_one_job_in_trouble_does_not_hold_up_the_others(
    store: Store, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    keep(store, "file-1", chat_rows(10))
    store.jobs.create(a_job("ftjob-1", status=Status.QUEUED, recipe="unknown"), [])
    store.jobs.create(a_job("ftjob-2", status=Status.QUEUED), [])
    with caplog.at_level(logging.ERROR):
        scheduler.turn()
    assert "job ftjob-1: trying again" in caplog.text
    assert store.jobs.known("ftjob-2").status is Status.RUNNING
    wait_until(lambda: scheduler.turn() or store.jobs.known("ftjob-2").status is Status.SUCCEEDED)


def test_a_job_cancelled_while_its_files_are_checked_stays_cancelled(
    store: Store, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    store.jobs.create(a_job(status=Status.CANCELLED), [])
    with caplog.at_level(logging.INFO):
        scheduler._guarded(a_job(), scheduler._validate)  # noqa: SLF001 the race cannot be timed
    assert store.jobs.known("ftjob-1").status is Status.CANCELLED
    assert "changed while it was looked at" in caplog.text


def test_the_threads_survive_a_broken_disk(
    store: Store, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    keep(store, "file-1", chat_rows(10))
    shutil.rmtree(store.jobs_folder)
    store.jobs_folder.write_text("a file where a folder should be")
    with caplog.at_level(logging.ERROR):
        store.jobs.create(a_job(), [])
        scheduler.start()
        wait_until(lambda: "trying again" in caplog.text)
        store.jobs_folder.unlink()
        wait_until(lambda: store.jobs.known("ftjob-1").status is Status.SUCCEEDED)
        scheduler.stop()


def test_the_threads_survive_a_broken_database(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(settings.store)
    scheduler = Scheduler(store, settings)
    with caplog.at_level(logging.ERROR):
        scheduler.start()
        store.close()
        wait_until(lambda: "validation failed" in caplog.text)
        wait_until(lambda: "scheduler failed" in caplog.text)
    scheduler.stop()


@pytest.mark.parametrize(
    ("wish", "then"),
    [
        pytest.param(Happening.PAUSE, Status.SUCCEEDED, id="a pause has nothing left to pause"),
        pytest.param(Happening.CANCEL, Status.CANCELLED, id="a cancellation was promised"),
    ],
)
def test_a_wish_that_comes_while_the_worker_finishes(
    store: Store, wish: Happening, then: Status
) -> None:
    store.jobs.create(a_job(status=Status.RUNNING), [])
    asked = store.jobs.move("ftjob-1", wish, request=Request(wish.value))
    made = Result(model_dir=store.jobs_folder / "model")
    settle(store, asked, AttemptFolder(store.jobs_folder), made)
    done = store.jobs.known("ftjob-1")
    assert done.status is then
    assert (done.fine_tuned_model is not None) == (then is Status.SUCCEEDED)
    assert len(store.models_of("ftjob-1")) == (1 if then is Status.SUCCEEDED else 0)
    for late in (Happening.PAUSE, Happening.CANCEL, Happening.RESUME):
        with pytest.raises(IllegalTransitionError):
            store.jobs.move("ftjob-1", late)


def test_a_recipe_that_makes_no_snapshots_still_makes_a_model(store: Store) -> None:
    job = store.jobs.create(a_job(status=Status.RUNNING), [])
    made = store.jobs_folder / "model"
    settle(store, job, AttemptFolder(store.jobs_folder), Result(model_dir=made))
    done = store.jobs.known("ftjob-1")
    assert (done.status, done.fine_tuned_model) == (Status.SUCCEEDED, job.planned_model)
    assert done.trained_tokens is None
    assert store.models.get(job.planned_model) is not None


def test_steps_and_snapshots_told_twice_are_kept_once(store: Store) -> None:
    """A worker that went on from an older state tells some of them again."""
    job = store.jobs.create(a_job(status=Status.RUNNING), [])
    folder = AttemptFolder(store.jobs_folder / "try")
    folder.path.mkdir()
    made = store.jobs_folder / "checkpoints" / "step-1"
    step = '"at": 1, "step": 1, "total_steps": 2, "epoch": 1, "train_loss": 0.5'
    told = (
        f'{{"kind": "step", {step}}}\n'
        f'{{"kind": "checkpoint", {step}, "model_dir": "{made}"}}\n'
        '{"kind": "a kind of a later version"}\n'
    )
    (folder.path / "events.jsonl").write_text(told * 2)
    read = take_in(store, job, folder)
    assert read.bytes_read == 2 * len(told)
    assert take_in(store, read, folder) == read
    assert [event.message for event in store.jobs.events("ftjob-1", TEN).rows] == [
        "Checkpoint created at step 1",
        "Step 1/2: training loss=0.5000",
    ]
    (kept,) = store.checkpoints.all()
    assert kept.metrics == {"step": 1.0, "train_loss": 0.5}


def test_a_worker_that_dies_before_its_first_line_is_lost(tmp_path: Path) -> None:
    folder = AttemptFolder(tmp_path / "try")
    folder.path.mkdir()
    launcher, submission = ThisMachine(), Submission(id="ftjob-1-try1", folder=folder)
    launcher.submit(submission)
    wait_until(lambda: launcher.status(submission) is Standing.ENDED)
    assert folder.result() is None
    assert "job.json" in (folder.path / "worker.log").read_text()


@pytest.mark.parametrize(
    "adopted", [pytest.param(False, id="by its starter"), pytest.param(True, id="by an adopter")]
)
def test_a_worker_can_be_killed(tmp_path: Path, adopted: bool) -> None:  # noqa: FBT001 a table
    rows = tmp_path / "rows.jsonl"
    rows.write_bytes(chat_rows(10))
    folder = AttemptFolder(tmp_path / "try")
    folder.write_order(
        Order(
            job_id="ftjob-1",
            recipe="ftops-nano",
            recipe_at=COUNTING["ftops-nano"],
            method="supervised",
            hyperparameters={"learning_rate_multiplier": 30},
            seed=1,
            training_file=rows,
            validation_file=None,
            work=tmp_path / "work",
            parent=None,
        )
    )
    starter, submission = ThisMachine(), Submission(id="ftjob-1-try1", folder=folder)
    starter.submit(submission)
    wait_until(folder.mark)
    assert starter.status(submission) is Standing.RUNNING
    by_whom = ThisMachine() if adopted else starter
    assert by_whom.status(submission) is Standing.RUNNING
    by_whom.stop(submission)
    wait_until(lambda: starter.status(submission) is Standing.ENDED)


def test_only_the_models_asked_last_stay_loaded(tmp_path: Path) -> None:
    def model(name: str) -> TunedModel:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "model.json").write_text("{}")
        return TunedModel(id=name, job_id="j", created_at=1, recipe="ftops-nano", folder=name)

    loaded = LoadedModels(tmp_path, Settings(store=tmp_path, recipes=COUNTING, loaded_models=2))
    first, second = loaded.get(model("a")), loaded.get(model("b"))
    assert loaded.get(model("a")) is first
    loaded.get(model("c"))
    assert loaded.get(model("a")) is first
    assert loaded.get(model("b")) is not second
    loaded.drop("b")
    loaded.drop("never loaded")


def test_a_child_gets_no_secrets_and_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("HARMLESS", "yes")
    given = surroundings.child_environment()
    assert "OPENAI_API_KEY" not in given
    assert (given["HARMLESS"], given["OPENBLAS_NUM_THREADS"]) == ("yes", "1")


def test_processors_are_counted_where_affinity_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert surroundings.processors() >= 1
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    assert surroundings.processors() >= 1


def test_a_job_waits_while_the_limit_is_reached(store: Store, settings: Settings) -> None:
    keep(store, "file-1", chat_rows(10))
    store.jobs.create(a_job(status=Status.QUEUED), [])
    full = Scheduler(store, replace(settings, max_running=0))
    full.turn()
    assert store.jobs.known("ftjob-1").status is Status.QUEUED
    assert not full.is_idle()


@pytest.mark.parametrize(
    ("result", "free", "then"),
    [
        pytest.param(Result(stopped=DISK_FULL), 10**9, Status.PAUSED, id="told by the worker"),
        pytest.param(None, 0, Status.PAUSED, id="the worker could not even say so"),
        pytest.param(None, 10**9, Status.QUEUED, id="the worker died of something else"),
    ],
)
def test_a_job_waits_for_space_on_a_full_disk(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    result: Result | None,
    free: int,
    then: Status,
) -> None:
    def free_bytes(_: Path) -> int:
        return free

    monkeypatch.setattr(surroundings, "free_bytes", free_bytes)
    job = store.jobs.create(a_job(status=Status.RUNNING), [])
    settle(store, job, AttemptFolder(store.jobs_folder), result)
    assert store.jobs.known("ftjob-1").status is then
    said = [event.message for event in store.jobs.events("ftjob-1", TEN).rows]
    assert any("disk is full" in words for words in said) == (then is Status.PAUSED)
    if then is Status.PAUSED:
        store.jobs.move("ftjob-1", Happening.RESUME)
        assert store.jobs.known("ftjob-1").losses == 0


def test_the_free_space_is_asked_of_the_system(tmp_path: Path) -> None:
    assert surroundings.free_bytes(tmp_path) > 0
