"""Many who watch one job at once, and a server that is told to end while they do."""

import asyncio
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from typing import Final

import httpx2
import pytest

from tests.cli.scene import Scene
from tests.cli.test_serve import serving, wait_until

CROWD: Final = 200
JOBS: Final = "/api/llm/fine-tuning/jobs"


def running_job(at: Scene, client: httpx2.Client) -> str:
    """Launch a job that goes on for long, and return its id once it is seen."""
    at.add("hyperparameters: {n_epochs: 50, batch_size: 1, learning_rate_multiplier: 0.5}")
    assert at.ftops("apply", "--yes", "--no-wait").code == 0
    wait_until(lambda: [one["status"] for one in client.get(JOBS).json()] == ["running"])
    job_id: str = client.get(JOBS).json()[0]["job_id"]
    return job_id


async def watch(client: httpx2.AsyncClient, job_id: str, seen: list[str]) -> None:
    """Read a stream to its end, noting its first event."""
    headers = {"Accept": "text/event-stream"}
    async with client.stream("GET", f"{JOBS}/{job_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        lines = [line async for line in noting(answer.aiter_lines(), seen)]
    assert lines[-1] == "", "the stream broke off within an event"


async def noting(lines: AsyncIterator[str], seen: list[str]) -> AsyncIterator[str]:
    first = True
    async for line in lines:
        if first:
            seen.append(line)
        first = False
        yield line


async def crowd(base_url: str, job_id: str, running: subprocess.Popen[str]) -> tuple[int, float]:
    """Let everybody watch, look at the list beside it, then end the server; return who saw what."""
    seen: list[str] = []
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(base_url=base_url, timeout=60, limits=limits) as client:
        watching = [asyncio.create_task(watch(client, job_id, seen)) for _ in range(CROWD)]
        while len(seen) < CROWD:
            await asyncio.sleep(0.05)
        assert (await client.get(JOBS)).status_code == 200
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        await asyncio.gather(*watching)
    return len(seen), time.monotonic() - began


def test_a_crowd_watches_one_job_and_is_let_go_in_peace(at: Scene) -> None:
    with serving(at.checkout.root) as (client, running):
        job_id = running_job(at, client)
        looks = len(at.lab.requests)
        seen, seconds = asyncio.run(crowd(str(client.base_url), job_id, running))
        assert seen == CROWD
        assert seconds < 30
        assert running.wait(30) == 0
    asked = len(at.lab.requests) - looks
    assert asked < CROWD, "watching cost the provider a request each"


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTOPS_SERVE_BUSY_SECONDS", "1")
    monkeypatch.setenv("FTOPS_SERVE_IDLE_SECONDS", "1")
