"""kill -9 at many moments of a job: nothing that was reported as saved is lost."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openai
import pytest

from ftops.trainer.launch import find
from tests.trainer.conftest import REPOSITORY, wait_until
from tests.trainer.counting_settings import counting
from tests.trainer.running.test_workers import alive, begin, is_status, reaches, steps, worker_pids

STEPS = 20
MOMENTS = (0, 5, 10, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What the server has told of a job so far."""

    events: list[str]
    checkpoints: list[str]
    files: list[str]
    models: list[str]

    @classmethod
    def by(cls, client: openai.OpenAI, job: str) -> "Reported":
        jobs = client.fine_tuning.jobs
        return cls(
            events=[event.id for event in jobs.list_events(job, limit=1000).data][::-1],
            checkpoints=[one.id for one in jobs.checkpoints.list(job).data][::-1],
            files=[file.id for file in client.files.list().data][::-1],
            models=[model.id for model in client.models.list().data],
        )

    def is_kept_in(self, later: "Reported") -> None:
        assert later.events[: len(self.events)] == self.events
        assert later.files[: len(self.files)] == self.files
        # Only three are kept: an older one may have made room, none may be missing in between.
        survivors = [one for one in self.checkpoints if one in later.checkpoints]
        assert survivors == self.checkpoints[len(self.checkpoints) - len(survivors) :]
        made_room = len(self.checkpoints) - len(survivors)
        assert made_room == 0 or len(later.checkpoints) == 3


@contextmanager
def served(folder: Path) -> Iterator[tuple[openai.OpenAI, int]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.trainer.running.served", str(folder)], cwd=REPOSITORY
    ) as process:
        store = folder / "store"
        wait_until(lambda: (found := find(store)) is not None and found.pid == process.pid)
        found = find(store)
        assert found is not None
        try:
            with openai.OpenAI(base_url=found.base_url, api_key="any", max_retries=0) as client:
                yield client, process.pid
        finally:
            process.kill()


@pytest.mark.parametrize("with_its_worker", [False, True], ids=["alone", "and its worker"])
def test_a_server_is_killed_again_and_again(tmp_path: Path, with_its_worker: bool) -> None:  # noqa: FBT001 - a table's column
    told: Reported | None = None
    job = ""
    for moment in MOMENTS:
        with served(tmp_path) as (client, server):
            job = job or begin(client)
            if told is not None:
                told.is_kept_in(Reported.by(client, job))
            reaches(client, job, moment)
            told = Reported.by(client, job)
            if with_its_worker:
                kill_worker(tmp_path)
            os.kill(server, signal.SIGKILL)
    assert told is not None
    with served(tmp_path) as (client, _):
        finishes(client, job, told)


def test_workers_are_killed_again_and_again(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        # Twice each: the third time a job is given up.
        for moments in (MOMENTS[::2], MOMENTS[1::2]):
            job = begin(client)
            told = Reported.by(client, job)
            for moment in moments:
                reaches(client, job, moment)
                told = Reported.by(client, job)
                kill_worker(tmp_path)
                told.is_kept_in(Reported.by(client, job))
            finishes(client, job, told)


def kill_worker(folder: Path) -> None:
    pids = worker_pids(counting(folder))
    if not pids:
        return
    pid = pids[-1]
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))


def finishes(client: openai.OpenAI, job: str, told: Reported) -> None:
    told.is_kept_in(Reported.by(client, job))
    is_status(client, job, "succeeded")
    told.is_kept_in(Reported.by(client, job))
    assert steps(client, job) == list(range(1, STEPS + 1))
    for checkpoint in client.fine_tuning.jobs.checkpoints.list(job):
        answer = client.chat.completions.create(
            model=checkpoint.fine_tuned_model_checkpoint,
            messages=[{"role": "user", "content": "question 3"}],
        )
        assert answer.choices[0].message.content == "answer 3 is 9"
