"""A real Ray on this machine: submit, queue and stop (`make check-ray`)."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import openai
import pytest

from ftops.trainer.settings import RayCluster, Settings
from tests.trainer.conftest import REPOSITORY, serving, wait_until
from tests.trainer.running.test_workers import begin, status, steps

RAY = REPOSITORY / ".venv-ray/bin/ray"

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(not RAY.exists(), reason="make check-ray installs Ray"),
]


@dataclass
class Head:
    """A cluster of one machine, in a session of its own."""

    folder: Path
    port: int
    dashboard: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        options = [f"--port={self.port}", f"--dashboard-port={self.dashboard}", "--num-cpus=1"]
        options += [f"--temp-dir={self.folder}", "--disable-usage-stats", "--block"]
        with (self.folder / "ray.log").open("ab") as log:
            self.process = subprocess.Popen(
                [RAY, "start", "--head", "--object-store-memory=100000000", *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.dashboard)) == 0

    def stop(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGTERM)
            self.process.wait()


@pytest.fixture
def head() -> Iterator[Head]:
    # Ray's sockets need a short path.
    folder = Path(f"/tmp/ftops-ray-{os.getpid()}")  # noqa: S108 of this process alone
    folder.mkdir(exist_ok=True)
    made = Head(folder, 6401, 8301)
    made.start()
    wait_until(made.is_up, seconds=90)
    yield made
    made.stop()


@pytest.fixture
def client(settings: Settings, head: Head) -> Iterator[openai.OpenAI]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = RayCluster(
        address=f"http://127.0.0.1:{head.dashboard}",
        public_url=f"http://127.0.0.1:{port}",
        python=sys.executable,
    )
    with serving(replace(settings, cluster=cluster), port=port) as connected:
        yield connected


def _is(client: openai.OpenAI, job: str, wanted: str) -> None:
    wait_until(lambda: status(client, job) == wanted, seconds=120)


def test_jobs_queue_run_and_stop(client: openai.OpenAI) -> None:
    first, second = begin(client, epochs=3), begin(client, epochs=50, pace=0.5)
    _is(client, first, "succeeded")
    assert steps(client, first) == list(range(1, 7))
    wait_until(lambda: len(steps(client, second)) > 2, seconds=120)
    client.fine_tuning.jobs.cancel(second)
    _is(client, second, "cancelled")
