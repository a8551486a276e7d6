"""Ray Jobs behind the seam: over a stand-in of its HTTP API, and its settings."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typing_extensions import override

from ftops.trainer import surroundings
from ftops.trainer.configuration import ConfigurationError, read_configuration
from ftops.trainer.running.attempt_folder import AttemptFolder
from ftops.trainer.running.launchers import ray_jobs
from ftops.trainer.running.launchers.choice import chosen
from ftops.trainer.running.launchers.contract import LauncherError, Standing, Submission
from ftops.trainer.running.launchers.ray_jobs import RayJobs
from ftops.trainer.settings import RayCluster
from tests.trainer.conftest import wait_until


class FakeRay(BaseHTTPRequestHandler):
    """The five requests of Ray's job API, with its answers."""

    asked: ClassVar[int] = 0
    jobs: ClassVar[dict[str, dict[str, Any]]] = {}
    refuses: ClassVar[bool] = False
    odd: ClassVar[tuple[int, object] | None] = None
    tokens: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        type(self).asked += 1
        asked = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.endswith("/stop"):
            self.jobs[self._id()]["status"] = "STOPPED"
            return self._answer(200, {"stopped": True})
        told = json.loads(asked)
        self.tokens.append(self.headers.get("authorization"))
        if self.refuses or told["submission_id"] in self.jobs:
            return self._answer(500, "Traceback: already exists, or no such thing")
        self.jobs[told["submission_id"]] = told | {"status": "PENDING"}
        return self._answer(200, {"submission_id": told["submission_id"]})

    def do_DELETE(self) -> None:
        del self.jobs[self._id()]
        return self._answer(200, {"deleted": True})

    def do_GET(self) -> None:
        type(self).asked += 1
        if self.odd is not None:
            return self._answer(*self.odd)
        if self._id() not in self.jobs:
            return self._answer(404, "no such job")
        if self.path.endswith("/logs"):
            return self._answer(200, {"logs": "it said this\n"})
        return self._answer(200, self.jobs[self._id()])

    def _id(self) -> str:
        return self.path.split("/")[3]

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "sesame")
    FakeRay.jobs.clear()
    FakeRay.tokens.clear()
    monkeypatch.setattr(FakeRay, "refuses", False)
    monkeypatch.setattr(FakeRay, "odd", None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeRay)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ray(address: str) -> RayJobs:
    cluster = RayCluster(address=address, public_url="http://head:8000/", gpus=1)
    return RayJobs(cluster, look_seconds=0)


@pytest.fixture
def wanted(tmp_path: Path) -> Submission:
    return Submission(id="ftjob-1-try1", folder=AttemptFolder(tmp_path), processes=2)


def test_a_try_is_submitted_once_with_all_it_needs(ray: RayJobs, wanted: Submission) -> None:
    assert ray.status(wanted) is Standing.UNKNOWN
    ray.submit(wanted)
    ray.submit(wanted)
    told = FakeRay.jobs[wanted.id]
    place = "http://head:8000/internal/tries/ftjob-1-try1"
    assert told["entrypoint"] == f"python3 -m ftops.trainer.running.worker {place}"
    assert (told["entrypoint_num_cpus"], told["entrypoint_num_gpus"]) == (2, 2)
    token = told["runtime_env"]["env_vars"][surroundings.TRY_TOKEN]
    assert token == wanted.folder.token()
    assert len(token) > 40
    assert set(FakeRay.tokens) == {"Bearer sesame"}


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        pytest.param("PENDING", Standing.WAITING, id="queued"),
        pytest.param("RUNNING", Standing.RUNNING, id="at work"),
        pytest.param("SUCCEEDED", Standing.ENDED, id="done"),
        pytest.param("FAILED", Standing.ENDED, id="failed"),
        pytest.param("A NEW WORD", Standing.RUNNING, id="a word of a later version"),
    ],
)
def test_what_ray_says_of_a_try(
    ray: RayJobs, wanted: Submission, word: str, standing: Standing
) -> None:
    ray.submit(wanted)
    FakeRay.jobs[wanted.id]["status"] = word
    assert ray.status(wanted) is standing


def test_a_try_is_stopped_and_its_words_are_read(ray: RayJobs, wanted: Submission) -> None:
    assert ray.logs(wanted) == ""
    ray.submit(wanted)
    ray.stop(wanted)
    assert ray.status(wanted) is Standing.ENDED
    assert ray.logs(wanted) == "it said this\n"


def test_a_refusal_is_told_in_rays_words(
    ray: RayJobs, wanted: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRay, "refuses", True)
    with pytest.raises(LauncherError, match=r"answers 500: .*no such thing"):
        ray.submit(wanted)


def test_a_try_that_lapsed_in_rays_queue_is_queued_again(ray: RayJobs, wanted: Submission) -> None:
    ray.submit(wanted)
    lapsed = {"status": "FAILED", "error_type": "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"}
    FakeRay.jobs[wanted.id] |= lapsed
    assert ray.status(wanted) is Standing.UNKNOWN
    ray.submit(wanted)
    assert ray.status(wanted) is Standing.WAITING


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param((401, {"error": "no token"}), id="it wants a token"),
        pytest.param((500, {"status": "RUNNING"}), id="its head is gone"),
        pytest.param((200, ["a page"]), id="it is a proxy"),
        pytest.param((200, {"status": None}), id="it says nothing"),
    ],
)
def test_an_odd_answer_decides_nothing(
    ray: RayJobs, wanted: Submission, odd: tuple[int, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ray.submit(wanted)
    monkeypatch.setattr(FakeRay, "odd", odd)
    assert ray.status(wanted) is Standing.UNREACHABLE
    assert ray.logs(wanted) == ""


def test_a_refused_try_is_not_asked_about_at_once(
    address: str, wanted: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = RayJobs(RayCluster(address=address, public_url="http://head:8000"))
    monkeypatch.setattr(FakeRay, "refuses", True)
    with pytest.raises(LauncherError):
        ray.submit(wanted)
    asked = FakeRay.asked
    assert [ray.status(wanted) for _ in range(9)] == [Standing.UNREACHABLE] * 9
    assert FakeRay.asked == asked


def test_a_silent_ray_takes_a_bounded_part_of_the_time(
    wanted: Submission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It listens, as a frozen head does, and never answers."""
    monkeypatch.setattr(ray_jobs, "_LOOK_PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ray = RayJobs(RayCluster(address=address, public_url="http://head:8000"), look_seconds=0)
        others = [
            replace(wanted, id=f"ftjob-{n}-try1", folder=AttemptFolder(tmp_path / str(n)))
            for n in range(20)
        ]
        began = time.monotonic()
        assert {ray.status(each) for each in others} == {Standing.UNREACHABLE}
        with pytest.raises(LauncherError, match="cannot be reached: timed out"):
            ray.submit(wanted)
        ray.stop(wanted)
        assert 0.3 <= time.monotonic() - began < 3
        wait_until(lambda: time.monotonic() - began > 1.6)
        asked_again = time.monotonic()
        ray.status(others[0])
        assert time.monotonic() - asked_again >= 0.3


def test_ray_that_is_away_decides_nothing(wanted: Submission) -> None:
    ray = RayJobs(RayCluster(address="http://127.0.0.1:9", public_url="http://head:8000"))
    with pytest.raises(LauncherError, match="cannot be reached"):
        ray.submit(wanted)
    assert ray.status(wanted) is Standing.UNREACHABLE
    ray.stop(wanted)
    assert ray.logs(wanted) == ""


def test_rays_token_is_found_where_ray_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    assert surroundings.ray_token() is None
    (tmp_path / "token").write_text("from a file\n")
    assert surroundings.ray_token() == "from a file"


RAY = '[launcher]\nkind = "ray"\naddress = "http://ray:8265"\npublic_url = "http://head:8000"\n'


def test_a_cluster_is_read_from_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "ftops.server.toml"
    path.write_text(RAY + "gpus = 1\n")
    cluster = read_configuration(path).cluster
    assert cluster == RayCluster(address="http://ray:8265", public_url="http://head:8000", gpus=1)
    assert isinstance(chosen(cluster), RayJobs)
    assert not read_configuration(path).bases
    path.write_text('[launcher]\nkind = "subprocess"\n')
    assert read_configuration(path).cluster is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("launcher = 3", "kind is 'subprocess' or 'ray'", id="no table"),
        pytest.param('[launcher]\nkind = "slurm"', "kind is 'subprocess' or 'ray'", id="its kind"),
        pytest.param(RAY + "queue = 1", "unknown setting queue", id="a setting it lacks"),
        pytest.param(
            '[launcher]\nkind = "subprocess"\ngpus = 1', "unknown setting gpus", id="not for it"
        ),
        pytest.param('[launcher]\nkind = "ray"', "missing required field", id="no address"),
        pytest.param(RAY.replace("http://ray", "ray"), "address begins with", id="no scheme"),
        pytest.param(RAY + "max_running = 0", "max_running is 1 or more", id="nothing at once"),
    ],
)
def test_a_wrong_cluster_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "ftops.server.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=re.escape(words)) as caught:
        read_configuration(path)
    assert str(path) in str(caught.value)
