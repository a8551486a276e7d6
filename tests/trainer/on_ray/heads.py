"""A Ray of one machine and one processor, which can be killed and started again."""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.trainer.conftest import REPOSITORY, wait_until

RAY = REPOSITORY / ".venv-ray/bin/ray"
GIVES_UP_SECONDS = 40
"""How long this Ray keeps a job in its queue; a quarter of an hour unless it is told otherwise."""


def comes_true(holds: Callable[[], object]) -> None:
    """Look now and then: Ray needs the processors more than we do."""
    wait_until(holds, seconds=120, every=0.3)


def free_ports(number: int) -> tuple[int, ...]:
    """Neither of the ports that Ray gives its workers nor of those the system gives anybody."""
    found: list[int] = []
    while len(found) < number:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
    return tuple(found)


def processes() -> list[tuple[int, int, str]]:
    """Every process: its number, its session's, and its command."""
    told = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,sid=,args="], capture_output=True, text=True, check=True
    )
    found = [line.split(maxsplit=2) for line in told.stdout.splitlines()]
    return [(int(pid), int(session), "".join(rest)) for pid, session, *rest in found]


@dataclass
class Head:
    """All of its processes but the jobs' are of one session, so that it can die as a whole."""

    folder: Path
    ports: tuple[int, ...] = field(default_factory=lambda: free_ports(4))
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def _log(self) -> Path:
        return self.folder / "ray.log"

    @property
    def token_path(self) -> Path:
        return self.folder / "token"

    def start(self) -> None:
        """Three times if need be: a Ray that is not up within 30 seconds gives up by itself."""
        for _ in range(3):
            self._begin()
            comes_true(lambda: self._is_up() or self._has_ended())
            if self._is_up():
                return
            self.kill()
        raise AssertionError(self._log.read_text())

    def _begin(self) -> None:
        names = ("port", "dashboard-port", "dashboard-agent-listen-port", "ray-client-server-port")
        options = [f"--{name}={port}" for name, port in zip(names, self.ports, strict=True)]
        options += ["--num-cpus=1", "--object-store-memory=80000000", "--disable-usage-stats"]
        environment = {
            "RAY_JOB_START_TIMEOUT_SECONDS": str(GIVES_UP_SECONDS),
            # A machine busy with other things is no reason for Ray to end.
            "RAY_agent_register_timeout_ms": "120000",
            "RAY_health_check_timeout_ms": "60000",
        }
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [RAY, "start", "--head", "--block", f"--temp-dir={self.folder}", *options],
                stdout=log,
                stderr=log,
                env=dict(os.environ) | environment,  # noqa: TID251 a foreign program gets ours
                start_new_session=True,
            )

    def _is_up(self) -> bool:
        return "Ray runtime started" in self._log.read_text() and self._asked("") is not None

    def _has_ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def record(self, submission_id: str) -> dict[str, Any] | None:
        """What Ray itself says of a job."""
        answer = self._asked(submission_id)
        return None if answer is None else dict(json.loads(answer))

    def _asked(self, submission_id: str) -> bytes | None:
        url = f"{self.address}/api/jobs/{submission_id}"
        proof = {"authorization": f"Bearer {self.token_path.read_text()}"}
        try:
            answer = httpx2.get(url, headers=proof)
        except httpx2.TransportError:
            assert not self._has_ended(), self._log.read_text()
            return None
        return answer.content if answer.is_success else None

    def says(self, submission_id: str, status: str) -> bool:
        record = self.record(submission_id)
        return record is not None and record["status"] == status

    def kill(self) -> None:
        """At once and altogether, as a machine dies that loses its power."""
        assert self.process is not None
        for pid, session, _ in processes():
            if session == self.process.pid:
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        died, words = self._has_ended(), self._log.read_text()
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        finally:
            self.kill()
        assert not died, f"Ray ended by itself:\n{words}"


def carrier_of(submission_id: str) -> int:
    """The process that Ray was told to run for a try."""
    is_its = re.compile(rf"^\S*python\S* .*/internal/tries/{submission_id}$")
    (found,) = [pid for pid, _, command in processes() if is_its.match(command)]
    return found


def orphan(pid: int) -> None:
    """Take away what Ray set to kill a job's process should its head die.

    Workers of other machines live on for a while too: they learn late that a head is gone.
    """
    session = os.getsid(pid)
    for watcher, _, command in processes():
        if command.startswith("/bin/sh -c while kill") and command.endswith(f"-{session}"):
            os.kill(watcher, signal.SIGKILL)


def lay(ghost: int) -> None:
    """End an orphan that a failed test has left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(ghost, signal.SIGKILL)
