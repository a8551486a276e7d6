"""Workers that share nothing with the server but the network, killed and cut off at will."""

import hashlib
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx2
import openai
import pytest

from ftops.trainer import surroundings
from ftops.trainer.running import processes
from ftops.trainer.running.launchers.contract import Standing, Submission
from ftops.trainer.running.launchers.elsewhere import remote_worker
from ftops.trainer.settings import Settings
from tests.trainer.conftest import serving, wait_until
from tests.trainer.counting_recipe import BREAKS
from tests.trainer.running.test_workers import begin, is_status, reaches, steps, words


@dataclass
class Elsewhere:
    """A launcher whose workers know an address and a token only."""

    scratch: Path
    server: str = ""
    starts: bool = True
    workers: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def submit(self, submission: Submission) -> None:
        worker = remote_worker(submission, self.server, sys.executable)
        self.tokens[submission.id] = worker.environment[surroundings.TRY_TOKEN]
        if not self.starts:
            return
        self.scratch.mkdir(exist_ok=True)
        environment = surroundings.child_environment() | worker.environment
        with (self.scratch / "log").open("ab") as log:
            self.workers[submission.id] = subprocess.Popen(
                worker.command,
                env=environment | {"TMPDIR": str(self.scratch)},
                stderr=log,
                start_new_session=True,
            )

    def status(self, submission: Submission) -> Standing:
        worker = self.workers.get(submission.id)
        if worker is None:
            return Standing.UNKNOWN if self.starts else Standing.RUNNING
        return Standing.RUNNING if worker.poll() is None else Standing.ENDED

    def stop(self, submission: Submission) -> None:
        if self.starts:
            processes.kill_session(self.workers[submission.id].pid)

    def logs(self, submission: Submission) -> str:
        return f"{submission.id}: " + (self.scratch / "log").read_text()

    def trainers(self) -> list[int]:
        marks = self.scratch.glob("ftops-try-*/try/worker.json")
        return [int(mark.read_text().partition(":")[2].partition(",")[0]) for mark in marks]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    made = Elsewhere(tmp_path / "far")
    yield made
    for worker in made.workers.values():
        processes.kill_session(worker.pid)
        worker.wait()


@pytest.fixture
def client(settings: Settings, elsewhere: Elsewhere) -> Iterator[openai.OpenAI]:
    with serving(settings, elsewhere) as connected:
        elsewhere.server = str(connected.base_url).removesuffix("/v1/")
        yield connected


def asked(client: openai.OpenAI, job_id: str) -> str | None:
    model = client.fine_tuning.jobs.retrieve(job_id).fine_tuned_model or ""
    question = {"role": "user", "content": "question 3"}
    told = client.chat.completions.create(model=model, messages=[question])  # type: ignore[list-item]
    return told.choices[0].message.content


def test_a_job_is_trained_elsewhere_and_answers_here(
    client: openai.OpenAI, elsewhere: Elsewhere
) -> None:
    job = begin(client, epochs=5)
    is_status(client, job, "succeeded")
    assert steps(client, job) == list(range(1, 11))
    assert asked(client, job) == "answer 3 is 9"
    assert len(client.fine_tuning.jobs.checkpoints.list(job).data) == 3
    elsewhere.workers[f"{job}-try1"].wait()
    assert not list(elsewhere.scratch.glob("ftops-try-*")), "nothing is left there"


@pytest.mark.parametrize(
    "victim",
    [
        pytest.param("carrier", id="all of it"),
        pytest.param("trainer", id="the training alone"),
    ],
)
def test_a_worker_killed_elsewhere_is_followed_by_one_that_goes_on(
    client: openai.OpenAI, elsewhere: Elsewhere, victim: str
) -> None:
    job = begin(client, epochs=6, pace=0.1)
    wait_until(lambda: len(client.fine_tuning.jobs.checkpoints.list(job).data) >= 2)
    (trainer,) = elsewhere.trainers()
    first = elsewhere.workers[f"{job}-try1"]
    os.kill(first.pid if victim == "carrier" else trainer, signal.SIGKILL)
    wait_until(lambda: f"{job}-try2" in elsewhere.workers)
    wait_until(lambda: processes.birth_mark(trainer) is None)
    is_status(client, job, "succeeded")
    assert steps(client, job) == list(range(1, 13))
    assert asked(client, job) == "answer 3 is 9"
    assert any("try 2 of 3" in line for line in words(client, job))


def test_a_worker_that_is_asked_to_end_leaves_nothing_behind(
    client: openai.OpenAI, elsewhere: Elsewhere
) -> None:
    job = begin(client, pace=0.1)
    reaches(client, job, 2)
    (trainer,) = elsewhere.trainers()
    first = elsewhere.workers[f"{job}-try1"]
    elsewhere.starts = False
    first.terminate()
    assert first.wait(timeout=20) == 128 + signal.SIGTERM
    assert processes.birth_mark(trainer) is None
    assert not list(elsewhere.scratch.glob("ftops-try-*"))


def test_pause_and_cancel_reach_a_worker_elsewhere(client: openai.OpenAI) -> None:
    job = begin(client, pace=0.1)
    reaches(client, job, 3)
    client.fine_tuning.jobs.pause(job)
    is_status(client, job, "paused")
    client.fine_tuning.jobs.resume(job)
    reached = len(steps(client, job))
    reaches(client, job, reached + 2)
    client.fine_tuning.jobs.cancel(job)
    is_status(client, job, "cancelled")
    assert steps(client, job) == list(range(1, len(steps(client, job)) + 1))


def test_a_traceback_elsewhere_is_read_here(client: openai.OpenAI, settings: Settings) -> None:
    job = begin(client, seed=BREAKS)
    is_status(client, job, "failed")
    error = client.fine_tuning.jobs.retrieve(job).error
    assert error is not None
    assert "the rows taste bad" in error.message
    (log,) = settings.store.glob("jobs/*/try-1-*/worker.log")
    assert "Traceback" in log.read_text()


def test_a_server_that_restarts_finds_its_worker_waiting(
    settings: Settings, elsewhere: Elsewhere
) -> None:
    with serving(settings, elsewhere) as client:
        elsewhere.server = str(client.base_url).removesuffix("/v1/")
        port = client.base_url.port
        job = begin(client, epochs=4, pace=0.2)
        reaches(client, job, 2)
    with serving(settings, elsewhere, port=port or 0) as client:
        is_status(client, job, "succeeded")
        assert steps(client, job) == list(range(1, 9))
    assert list(elsewhere.workers) == [f"{job}-try1"]


@dataclass
class Intruder:
    """Asks the server what a worker may, as whoever it claims to be."""

    server: str
    job: str
    token: str = ""

    def post(self, path: str, token: str, body: bytes = b"", **headers: str) -> int:
        return httpx2.post(
            f"{self.server}/internal/tries/{self.job}-try1/{path}",
            content=body,
            headers={"authorization": f"Bearer {token}", **headers},
        ).status_code


@pytest.fixture
def intruder(client: openai.OpenAI, elsewhere: Elsewhere) -> Intruder:
    elsewhere.starts = False
    job = begin(client)
    wait_until(lambda: elsewhere.tokens)
    return Intruder(elsewhere.server, job, elsewhere.tokens[f"{job}-try1"])


def test_only_the_last_try_may_tell_anything(
    client: openai.OpenAI, elsewhere: Elsewhere, intruder: Intruder
) -> None:
    job, token = intruder.job, intruder.token
    assert intruder.post("word", "guessed") == 401
    assert intruder.post("word", client.api_key) == 401
    assert Intruder(intruder.server, "ftjob-none").post("word", token) == 401
    assert Intruder(intruder.server, "../store").post("word", token) in {401, 404}
    assert intruder.post("word", token) == 200
    client.fine_tuning.jobs.pause(job)
    assert intruder.post("result", token, b'{"stopped": "pause"}') == 200
    is_status(client, job, "paused")
    assert intruder.post("word", token) == 409
    client.fine_tuning.jobs.resume(job)
    wait_until(lambda: f"{job}-try2" in elsewhere.tokens)
    line = b'{"kind": "note", "message": "I am a ghost"}\n'
    assert intruder.post("lines?after=0", token, line) == 409
    assert intruder.post("result", token, b"{}") == 409
    assert intruder.post("word", elsewhere.tokens[f"{job}-try2"]) == 401


def packed(name: str, content: bytes = b"{}", kind: bytes = tarfile.REGTYPE) -> bytes:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size, member.type, member.linkname = len(content), kind, "/etc/passwd"
        archive.addfile(member, BytesIO(content))
    return out.getvalue()


WHOLE = packed("step-2/model.json")


@pytest.mark.parametrize(
    ("path", "body", "digest_of"),
    [
        pytest.param("checkpoints/step-2", WHOLE[:300], WHOLE, id="a body cut short"),
        pytest.param("state", WHOLE[:-1], WHOLE, id="a state cut short"),
        pytest.param("checkpoints/step-2", b"no tar" * 99, None, id="no archive"),
        pytest.param("checkpoints/step-2", WHOLE[:700], None, id="an archive cut short"),
        pytest.param("checkpoints/..", WHOLE, None, id="a name that leads away"),
        pytest.param("checkpoints/step-2", packed("../../up"), None, id="a path that leads away"),
        pytest.param("checkpoints/step-2", packed("/up"), None, id="a path from the root"),
        pytest.param(
            "checkpoints/step-2", packed("step-2/a", b"", tarfile.SYMTYPE), None, id="a link"
        ),
        pytest.param("lines?after=0", b'{"kind": "step"}', None, id="half a line"),
        pytest.param("lines?after=0", b'{"kind": "boast"}', None, id="an unknown line"),
        pytest.param("lines?after=0", b"\xff", None, id="no JSON"),
        pytest.param("lines?after=9", b"", None, id="lines that leave a gap"),
        pytest.param("lines", b"", None, id="lines without a place"),
        pytest.param("result", b'{"model_dir": "/etc"}', None, id="a model that leads away"),
        pytest.param("result", b'{"model_dir": "checkpoints/step-7"}', None, id="no such model"),
        pytest.param("result", b"torn", None, id="half a result"),
    ],
)
def test_what_is_torn_or_odd_is_refused_and_leaves_nothing(
    intruder: Intruder, settings: Settings, path: str, body: bytes, digest_of: bytes | None
) -> None:
    digest = hashlib.sha256(body if digest_of is None else digest_of).hexdigest()
    assert intruder.post(path, intruder.token, body, **{"x-sha256": digest}) in {400, 404}
    assert not list(settings.store.glob("incoming/*"))
    assert not list(settings.store.glob("jobs/*/.arriving-*"))
    assert not list(settings.store.glob("jobs/*/state.tar"))
    assert not list(settings.store.glob("jobs/*/work/checkpoints/*"))
    assert not list(settings.store.glob("jobs/*/try-1-*/result.json"))


def test_lines_told_twice_are_kept_once(intruder: Intruder, settings: Settings) -> None:
    line = b'{"kind": "note", "message": "again"}\n'
    assert intruder.post("lines?after=0", intruder.token, line) == 200
    assert intruder.post("lines?after=0", intruder.token, line * 2) == 200
    (log,) = settings.store.glob("jobs/*/try-1-*/events.jsonl")
    assert log.read_bytes() == line * 2


def test_a_checkpoint_dropped_for_newer_ones_is_passed_over(
    intruder: Intruder, settings: Settings
) -> None:
    told = '{"kind": "checkpoint", "at": 1, "step": 2, "total_steps": 9, "train_loss": null, '
    for name, status_code in (("../step-2", 400), ("step-2", 200)):
        line = (told + f'"model_dir": "checkpoints/{name}"}}\n').encode()
        assert intruder.post("lines?after=0", intruder.token, line) == status_code
    (log,) = settings.store.glob("jobs/*/try-1-*/events.jsonl")
    assert log.read_bytes() == b'{"kind":"passed"}\n'


def test_a_state_that_cannot_be_read_is_dropped(
    client: openai.OpenAI, elsewhere: Elsewhere, intruder: Intruder
) -> None:
    odd = b"no tar" * 99
    headers = {"x-sha256": hashlib.sha256(odd).hexdigest()}
    assert intruder.post("state", intruder.token, odd, **headers) == 200
    client.fine_tuning.jobs.pause(intruder.job)
    assert intruder.post("result", intruder.token, b'{"stopped": "pause"}') == 200
    is_status(client, intruder.job, "paused")
    elsewhere.starts = True
    client.fine_tuning.jobs.resume(intruder.job)
    is_status(client, intruder.job, "succeeded")
