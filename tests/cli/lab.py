"""A real training server on loopback that counts what it is asked, and misbehaves on demand."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops.trainer.app import create_app
from ftops.trainer.settings import Settings
from tests.trainer.conftest import wait_until
from tests.trainer.counting_settings import COUNTING

JOBS: Final = "/fine_tuning/jobs"
NEW_JOB: Final = ("POST", JOBS)
UPLOAD: Final = ("POST", "/files")
LOOKS: Final = [("GET", JOBS), ("GET", "/models")]
"""What one look at a target costs."""


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer given instead of the server's own."""

    status: int
    body: bytes
    kind: str = "application/json"

    @classmethod
    def error(cls, status: int, message: str, code: str | None = None) -> "Canned":
        told = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
        return cls(status, json.dumps({"error": told}).encode())


@dataclass(slots=True)
class Lab:
    """The server, every request so far, and what it answers instead of its own answers.

    `date` is what it tells its time to be, which is the right one unless given.
    """

    base_url: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    instead: dict[tuple[str, str], Canned] = field(default_factory=dict)
    answers_everything: Canned | None = None
    date: str | None = None

    @property
    def acts(self) -> Counter[tuple[str, str]]:
        """Count the requests that may change something."""
        return Counter(one for one in self.requests if one[0] != "GET")

    @property
    def jobs_asked_for(self) -> int:
        """Count the creations."""
        return self.requests.count(NEW_JOB)

    def forget(self) -> None:
        """Count from here."""
        self.requests.clear()


class Counting:
    """Notes each request below /v1 before the server sees it."""

    def __init__(self, app: ASGIApp, lab: Lab) -> None:
        self._app = app
        self._lab = lab

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = (scope["method"], scope["path"].removeprefix("/v1"))
        self._lab.requests.append(asked)

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(usegmt=True) if self._lab.date is None else self._lab.date
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        canned = self._lab.instead.get(asked, self._lab.answers_everything)
        if canned is None:
            await self._app(scope, receive, send_dated)
            return
        headers = [(b"content-type", canned.kind.encode())]
        await send_dated(
            {"type": "http.response.start", "status": canned.status, "headers": headers}
        )
        await send_dated({"type": "http.response.body", "body": canned.body})


@contextmanager
def running_lab(store: Path, api_key: str | None = None) -> Iterator[Lab]:
    lab = Lab()
    settings = Settings(
        store=store,
        api_keys=(api_key,) if api_key else (),
        recipes=COUNTING,
        max_running=2,
        tick_seconds=0.02,
    )
    app = Counting(create_app(settings), lab)
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="on", date_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        lab.base_url = f"http://127.0.0.1:{port}/v1"
        yield lab
    finally:
        server.should_exit = True
        thread.join()
