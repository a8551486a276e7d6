import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from ftops.trainer import surroundings
from ftops.trainer.store.database import SCHEMA_VERSION, Database, StoreTooNewError
from ftops.trainer.store.job_life import Happening, IllegalTransitionError, Status
from ftops.trainer.store.records import JobError, StoredCompletion, StoredFile, TunedModel
from ftops.trainer.store.store import Store, StoreBusyError
from ftops.trainer.store.table import Window
from tests.open_files import is_open
from tests.trainer.samples import a_file, a_job

TEN = Window(limit=10)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


def keep(store: Store, row: StoredFile) -> None:
    staged = store.incoming_folder / row.id
    staged.write_bytes(b"x")
    store.keep_file(row, staged)


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    own_id = store.id
    job = a_job(
        status=Status.FAILED,
        error=JobError(code="c", message="m"),
        result_files=("file-2",),
    )
    store.jobs.create(job, ["first", "second"])
    keep(store, a_file("file-1"))
    (store.incoming_folder / "torn").write_bytes(b"half an upload")
    store.close()

    again = Store(tmp_path / "store")
    assert again.id == own_id
    assert again.jobs.known("ftjob-1") == job
    assert [event.message for event in again.jobs.events("ftjob-1", TEN).rows] == [
        "second",
        "first",
    ]
    assert again.file("file-1") == a_file("file-1")
    assert again.file_path("file-1").read_bytes() == b"x"
    assert list(again.incoming_folder.iterdir()) == []
    again.close()


def test_a_store_has_one_server(store: Store) -> None:
    with pytest.raises(StoreBusyError, match="another training server"):
        Store(store.root)


def test_a_patient_server_waits_for_the_last_one_to_end(tmp_path: Path) -> None:
    ending = threading.Timer(0.2, Store(tmp_path).close)
    ending.start()
    Store(tmp_path, patience=10).close()
    ending.join()


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ftops.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreTooNewError) as refused:
        Store(tmp_path)
    # What was raised still holds on to all that was begun.
    assert f"schema {SCHEMA_VERSION + 1}" in str(refused.value)
    assert not is_open(path)
    path.unlink()
    Store(tmp_path).close()


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.jobs.create(a_job(), ["first"])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert store.jobs.get("ftjob-1") is None
    assert store.jobs.events("ftjob-1", TEN).rows == ()


def test_many_threads_may_write(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")

    def write(number: int) -> None:
        for turn in range(20):
            store.jobs.create(a_job(f"ftjob-{number}-{turn}"), ["one", "two"])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.jobs.page(Window(limit=100), {}).rows) == 80
    store.close()


def test_metadata_is_matched_letter_by_letter(store: Store) -> None:
    store.jobs.create(a_job(), [])
    store.jobs.create(a_job("ftjob-2", metadata=None), [])
    store.jobs.create(a_job("ftjob-3", metadata={}), [])

    def matching(metadata: dict[str, str] | None) -> list[str]:
        return [job.id for job in store.jobs.page(TEN, metadata).rows]

    assert matching({"it's": 'a "value"', "über": "ß"}) == ["ftjob-1"]
    assert matching({"it's": "%"}) == []
    assert matching(None) == ["ftjob-3", "ftjob-2"]
    assert matching({}) == ["ftjob-3", "ftjob-2", "ftjob-1"]


def test_a_job_moves_only_as_the_table_allows(store: Store) -> None:
    store.jobs.create(a_job(estimated_finish=9), [])
    with pytest.raises(IllegalTransitionError):
        store.jobs.move("ftjob-1", Happening.COMPLETED)
    assert store.jobs.known("ftjob-1").status is Status.VALIDATING
    ended = store.jobs.move("ftjob-1", Happening.CANCEL)
    assert ended.finished_at is not None
    assert ended.estimated_finish is None


def test_an_unknown_job_is_no_job(store: Store) -> None:
    with pytest.raises(LookupError):
        store.jobs.known("ftjob-none")


def test_an_expired_file_is_gone(store: Store) -> None:
    keep(store, a_file("file-old", expires_at=1))
    keep(store, a_file("file-new", expires_at=2**40))
    assert store.file("file-old") is None
    assert [row.id for row in store.files(TEN, None).rows] == ["file-new"]
    assert not store.forget_file("file-old")
    assert not store.file_path("file-old").exists()


def test_weights_go_with_the_last_model_that_answers_from_them(store: Store) -> None:
    folder = store.root / "jobs" / "ftjob-1" / "step-1"
    folder.mkdir(parents=True)
    rows = [
        TunedModel(
            id=name, job_id="ftjob-1", created_at=1, recipe="r", folder="jobs/ftjob-1/step-1"
        )
        for name in ("ft:a", "ft:a:ckpt-step-1")
    ]
    for row in rows:
        store.models.add(row)
    store.forget_model(rows[0])
    assert folder.exists()
    store.forget_model(rows[1])
    assert not folder.exists()


def test_a_database_can_be_opened_by_itself(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite")
    assert database.rows("PRAGMA journal_mode") == [("wal",)]
    database.close()


def test_stored_completions_last_thirty_days(store: Store) -> None:
    with freeze_time("2026-11-23") as clock:
        store.completions.add(
            StoredCompletion(
                id="chatcmpl-1",
                created_at=surroundings.now(),
                model="m",
                metadata=None,
                answer={},
                messages=[],
            )
        )
        for days, left in ((29, 1), (1, 0)):
            clock.tick(timedelta(days=days))
            store.forget_expired()
            assert len(store.completions.all()) == left


def test_bytes_that_nobody_was_told_of_are_gone_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    keep(store, a_file("file-1"))
    (store.files_folder / "file-torn").write_bytes(b"its server died before it could answer")
    store.close()
    again = Store(tmp_path / "store")
    assert [path.name for path in again.files_folder.iterdir()] == ["file-1"]
    again.close()
