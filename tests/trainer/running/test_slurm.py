"""The documentation's example of a launcher, over executables that stand in for Slurm's."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openai
import pytest
import slurm_launcher
from slurm_launcher import Slurm

from ftops.trainer import surroundings
from ftops.trainer.running import processes
from ftops.trainer.running.attempt_folder import AttemptFolder
from ftops.trainer.running.launchers.contract import LauncherError, Standing, Submission
from ftops.trainer.settings import Settings
from tests.trainer.conftest import REPOSITORY, serving, wait_until
from tests.trainer.counting_recipe import SULKS
from tests.trainer.running.test_workers import begin, is_status, reaches, status, steps, words

STAND_IN = REPOSITORY / "tests/trainer/running/slurm_stand_in.py"


@dataclass(frozen=True)
class Cluster:
    room: Path

    def allow(self, number: int) -> None:
        (self.room / "slots").write_text(str(number))

    def leave(self) -> None:
        (self.room / "away").touch()

    def come_back(self) -> None:
        (self.room / "away").unlink()

    def jobs(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted(self.room.glob("job-*.json"))]


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    programs, room = tmp_path / "bin", tmp_path / "slurm"
    programs.mkdir()
    room.mkdir()
    for name in ("sbatch", "squeue", "scancel"):
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" {name} "$@"\n')
        script.chmod(0o755)
    python = programs / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("SLURM_STAND_IN", str(room))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-server")
    made = Cluster(room)
    made.allow(1)
    yield made
    for job in made.jobs():
        if "pid" in job and processes.birth_mark(job["pid"]):
            processes.kill_session(job["pid"])


@pytest.fixture
def wanted(tmp_path: Path) -> Submission:
    (tmp_path / "try").mkdir()
    return Submission(id="ftjob-1-try1", folder=AttemptFolder(tmp_path / "try"), processes=2)


@pytest.fixture
def client(settings: Settings, cluster: Cluster) -> Iterator[openai.OpenAI]:
    assert cluster.room.is_dir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    slurm = Slurm(f"http://127.0.0.1:{port}", ("--partition=gpu",), look_seconds=0.3)
    with serving(replace(settings, obey_seconds=1.5), slurm, port=port) as connected:
        yield connected


def test_jobs_run_wait_and_are_stopped(client: openai.OpenAI, cluster: Cluster) -> None:
    first = begin(client, epochs=3)
    is_status(client, first, "succeeded")
    assert steps(client, first) == list(range(1, 7))

    deaf = begin(client, pace=1.0, seed=SULKS)
    reaches(client, deaf, 1)
    waiting = begin(client, epochs=2)
    wait_until(lambda: any("Waiting for the cluster" in line for line in words(client, waiting)))
    assert status(client, waiting) == "queued"
    client.fine_tuning.jobs.cancel(deaf)
    is_status(client, deaf, "cancelled")
    is_status(client, waiting, "succeeded")
    assert [job["name"] for job in cluster.jobs()] == [
        f"{job}-try1" for job in (first, deaf, waiting)
    ]
    assert cluster.jobs()[1]["state"] == "CANCELLED"


def test_a_waiting_job_is_cancelled_in_slurms_queue(
    client: openai.OpenAI, cluster: Cluster
) -> None:
    cluster.allow(0)
    job = begin(client)
    wait_until(lambda: any("Waiting for the cluster" in line for line in words(client, job)))
    client.fine_tuning.jobs.cancel(job)
    is_status(client, job, "cancelled")
    wait_until(lambda: cluster.jobs()[0]["state"] == "CANCELLED")


def test_a_try_is_submitted_once_and_its_token_is_nobodys_to_read(
    cluster: Cluster, wanted: Submission
) -> None:
    cluster.allow(0)
    slurm = Slurm("http://head:8000", ("--partition=gpu",), look_seconds=0)
    assert slurm.status(wanted) is Standing.UNKNOWN
    slurm.submit(wanted)
    slurm.submit(wanted)
    # A server that died before it wrote the number down finds the job by its name.
    (wanted.folder.path / "slurm").unlink()
    slurm.submit(wanted)
    (job,) = cluster.jobs()
    assert job["wrap"].endswith("worker http://head:8000/internal/tries/ftjob-1-try1")
    assert job["environment"][surroundings.TRY_TOKEN] == wanted.folder.token()
    assert (wanted.folder.token() or "") not in " ".join(job["arguments"])
    assert "--ntasks=2" in job["arguments"]
    assert "OPENAI_API_KEY" not in job["environment"]


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        pytest.param("PENDING", Standing.WAITING, id="queued"),
        pytest.param("CONFIGURING", Standing.WAITING, id="nodes are being prepared"),
        pytest.param("RUNNING", Standing.RUNNING, id="at work"),
        pytest.param("COMPLETING", Standing.RUNNING, id="about to end"),
        pytest.param("NODE_FAIL", Standing.ENDED, id="its machine died"),
        pytest.param(None, Standing.ENDED, id="forgotten after its end"),
    ],
)
def test_what_slurm_says_of_a_try(
    cluster: Cluster, wanted: Submission, state: str | None, standing: Standing
) -> None:
    cluster.allow(0)
    slurm = Slurm("http://head:8000", look_seconds=0)
    slurm.submit(wanted)
    (path,) = cluster.room.glob("job-*.json")
    if state is None:
        path.unlink()
    else:
        told = json.loads(path.read_text())
        path.write_text(json.dumps(told | {"state": state, "pid": os.getpid()}))
    assert slurm.status(wanted) is standing


def test_slurm_that_is_away_or_refuses_decides_nothing(
    cluster: Cluster, wanted: Submission, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slurm = Slurm("http://head:8000", ("--partition=none",), look_seconds=0)
    with pytest.raises(LauncherError, match=r"sbatch refuses: .*invalid choice: 'none'"):
        slurm.submit(wanted)
    cluster.leave()
    assert slurm.status(wanted) is Standing.UNREACHABLE
    with pytest.raises(LauncherError, match="Unable to contact slurm controller"):
        slurm.submit(wanted)
    slurm.stop(wanted)
    cluster.come_back()
    assert slurm.status(wanted) is Standing.UNKNOWN
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LauncherError, match="squeue cannot be asked"):
        slurm.submit(wanted)


def test_it_is_read_as_far_as_the_disk_is_shared(
    wanted: Submission, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    slurm = Slurm("http://head:8000")
    assert slurm.logs(wanted) == ""
    Path(f"{wanted.id}.log").write_text("it said this\n")
    assert slurm.logs(wanted) == "it said this\n"


def test_the_example_serves_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, Any] = {}

    def serve(settings: Settings, **options: Any) -> None:  # noqa: ANN401 whatever it is given
        served.update(options, settings=settings)

    monkeypatch.setattr(slurm_launcher, "serve", serve)
    (tmp_path / "keys").write_text("one\ntwo\n")
    slurm_launcher.main([str(tmp_path), str(tmp_path / "keys"), "http://t:8123", "--partition=gpu"])
    assert served["settings"].api_keys == ("one", "two")
    assert served["port"] == 8123
    assert isinstance(served["launcher"], Slurm)
