"""A store with one job that waits its turn and then takes its time."""

from collections.abc import Iterator
from contextlib import contextmanager

from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import Status
from ftops.trainer.store.store import Store
from tests.trainer.rows import chat_rows
from tests.trainer.samples import a_file, a_job


@contextmanager
def store_with_a_slow_job(settings: Settings) -> Iterator[Store]:
    opened = Store(settings.store)
    staged = opened.incoming_folder / "file-1"
    staged.write_bytes(chat_rows(10))
    opened.keep_file(a_file("file-1"), staged)
    paced = {"learning_rate_multiplier": 0.1}
    opened.jobs.create(a_job(status=Status.QUEUED, hyperparameters=paced), [])
    yield opened
    opened.close()
