"""The adapter over a transport that a test writes itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from ftops.adapters.openai_provider.connection import Connection, Secret
from ftops.adapters.openai_provider.writing import OpenAIProvider
from tests.fakes.specs import PROJECT, desired, stamp

KEY: Final = "sk-live-0123456789abcdef"
BASE_URL: Final = "http://127.0.0.1:9/v1"

Answering = Callable[[httpx2.Request], httpx2.Response]


@dataclass(slots=True, kw_only=True)
class Wired:
    """A provider, what it asked and how long it waited."""

    provider: OpenAIProvider
    asked: list[httpx2.Request] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Return each request's path below the base, with its query."""
        return [one.url.raw_path.decode().removeprefix("/v1") for one in self.asked]


def connection(**fields: Any) -> Connection:  # noqa: ANN401 - any field of the connection
    return Connection(**{"base_url": BASE_URL, "api_key": Secret(KEY), **fields})


def wired(answer: Answering, **fields: Any) -> Wired:  # noqa: ANN401 - as above
    asked: list[httpx2.Request] = []
    waited: list[float] = []

    def answering(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return answer(request)

    http = httpx2.Client(transport=httpx2.MockTransport(answering))
    provider = OpenAIProvider(connection(**fields), PROJECT, http, sleep=waited.append)
    return Wired(provider=provider, asked=asked, waited=waited)


def always(status: int, body: object = None, **headers: str) -> Answering:
    """Return the same answer every time; text stays text, anything else is JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(_: httpx2.Request) -> httpx2.Response:
        if isinstance(body, str):
            return httpx2.Response(status, text=body, headers=named)
        return httpx2.Response(status, json=body, headers=named)

    return answer


def in_turn(*answers: Answering) -> Answering:
    """Return one answer after the other; the last one stays."""
    left = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        return (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


def failing(error: Exception) -> Answering:
    def answer(_: httpx2.Request) -> httpx2.Response:
        raise error

    return answer


def api_error(message: str, code: str | None = None, kind: str = "invalid_request_error") -> object:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def job_body(job_id: str = "ftjob-1", **fields: object) -> dict[str, Any]:
    return {
        "id": job_id,
        "object": "fine_tuning.job",
        "created_at": 1_764_000_000,
        "model": "gpt-4.1-mini-2025-04-14",
        "status": "queued",
        "training_file": "file-1",
        "metadata": stamp(desired()),
        **fields,
    }


def listed(*entries: Mapping[str, Any], **fields: object) -> dict[str, Any]:
    return {"object": "list", "data": list(entries), **fields}
