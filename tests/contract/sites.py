"""The two providers that the contract holds for: the fake, and the real client at a real server."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final, Protocol

from starlette.testclient import TestClient

from ftops.adapters.openai_provider.connection import Connection, Secret
from ftops.adapters.openai_provider.writing import OpenAIProvider
from ftops.core.desired import Desired
from ftops.core.names import Digest, FileId, JobId
from ftops.core.observed import ObservedJob
from ftops.ports import JobControl, ModelProbe, Provider, ProviderPruner
from ftops.trainer.app import create_app
from ftops.trainer.settings import Settings
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import PROJECT, desired, order

LOOKS: Final = 600
SECONDS_BETWEEN_LOOKS: Final = 0.1
KEY: Final = "a-local-key"


class Everything(Provider, ProviderPruner, JobControl, ModelProbe, Protocol):
    """All that a provider can be asked for."""


@dataclass(slots=True, kw_only=True)
class Site:
    """One provider, a folder for its uploads, and how to let time pass at it."""

    provider: Everything
    folder: Path
    wait: Callable[[], object]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _created: list[JobId] = field(default_factory=list)

    def rows(self) -> tuple[Path, Digest]:
        """Write a dataset that nobody has uploaded yet."""
        number = next(self._numbers)
        path = self.folder / f"rows-{number}.jsonl"
        path.write_text("".join(f"{_row(number, line)}\n" for line in range(12)))
        return path, Digest(hashlib.sha256(path.read_bytes()).hexdigest())

    def upload(self) -> FileId:
        path, digest = self.rows()
        return self.provider.upload(str(path), digest)

    def create(self, project: str = PROJECT, **spec: object) -> tuple[Desired, ObservedJob]:
        """Create a job for a spec that nobody has declared yet."""
        chosen = {"hyperparameters": {"n_epochs": 1}, **spec}
        wanted = desired(f"spec-{next(self._numbers)}", **chosen)  # type: ignore[arg-type]
        job = self.provider.create_job(order(wanted, self.upload(), project))
        self._created.append(job.id)
        return wanted, job

    def until(self, job_id: JobId, reached: Callable[[ObservedJob], bool]) -> ObservedJob:
        """Look at a job until it is as wanted."""
        for _ in range(LOOKS):
            job = self.provider.job(job_id)
            if reached(job):
                return job
            self.wait()
        raise AssertionError(f"{job_id} did not get there")

    def tidy(self) -> None:
        """Cancel what is still in flight, so that nobody waits behind it."""
        while self._created:
            self.provider.cancel(self._created.pop())


@contextmanager
def fake_site(folder: Path) -> Iterator[Site]:
    yield Site(provider=FakeProvider(), folder=folder, wait=lambda: None)


@contextmanager
def server_site(folder: Path) -> Iterator[Site]:
    """Yield the real adapter at the real training server, in process."""
    never = threading.Event()
    app = create_app(Settings(store=folder / "store", api_keys=(KEY,), max_running=1))
    with TestClient(app, base_url="http://127.0.0.1") as http:
        connection = Connection(base_url="http://127.0.0.1/v1", api_key=Secret(KEY), kind="local")
        provider = OpenAIProvider(connection, PROJECT, http, sleep=_pausing(never))
        yield Site(provider=provider, folder=folder, wait=lambda: never.wait(SECONDS_BETWEEN_LOOKS))


def _pausing(never: threading.Event) -> Callable[[float], None]:
    def pause(seconds: float) -> None:
        never.wait(seconds)

    return pause


def _row(number: int, line: int) -> str:
    return (
        f'{{"messages": [{{"role": "user", "content": "What is {line} of {number}?"}}, '
        f'{{"role": "assistant", "content": "It is {line + number}."}}]}}'
    )
