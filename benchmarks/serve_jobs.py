"""How fast `ftops serve` lists jobs, beside FastAPI itself returning the very same bytes.

Run `python benchmarks/serve_jobs.py [REQUESTS]`. Both applications run in one server process on the
same kind of socket and are asked in turn, in small rounds, so that a busy machine slows both; the
medians of the rounds are compared. The answer must be the bare route's share of 0.7 at least.
"""

import http.client
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import uvicorn
from fastapi import FastAPI, Response

from ftops.core.access import Budget
from ftops.core.names import JobId, ModelId, TargetName
from ftops.core.notes import TargetFacts
from ftops.core.observed import STAMP_FINGERPRINT, STAMP_SPEC, JobStatus, Observed, ObservedJob
from ftops.serve.access.limits import Limits
from ftops.serve.access.meter import Meter
from ftops.serve.app import create_app
from ftops.serve.asking import Asking
from ftops.serve.premises import Premises
from ftops.serve.run import bound
from ftops.serve.snapshot.snapshot import JobsWanted
from ftops.serve.watch import Watch
from ftops.usecases.survey import Sight, Survey

JOBS: Final = 20
ROUNDS: Final = 40
WANTED: Final = 0.7
NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
TARGET: Final = TargetName("openai")
PATH: Final = "/api/llm/fine-tuning/jobs"


def job(number: int) -> ObservedJob:
    """Return one of many jobs."""
    stamp = {STAMP_SPEC: f"spec-{number}", STAMP_FINGERPRINT: f"{number:064x}"}
    return ObservedJob(
        id=JobId(f"ftjob-{number:024}"),
        created_at=NOW - timedelta(minutes=number),
        status=JobStatus.SUCCEEDED,
        provider_status="succeeded",
        model=ModelId("gpt-4.1-mini-2025-04-14"),
        fine_tuned_model=ModelId(f"ft:gpt-4.1-mini-2025-04-14:acme::{number:08}"),
        trained_tokens=15_000,
        finished_at=NOW,
        metadata=stamp,
    )


class Still:
    """A lookout that sees the same project for ever, and is its own clock."""

    def __init__(self) -> None:
        self.clock = self
        self.stopped = False

    def now(self) -> datetime:
        """Return noon."""
        return NOW

    def sleep(self, seconds: float) -> None:
        """Return at once."""

    def stop(self) -> None:
        """Do nothing."""

    def survey(self) -> Survey:
        """Return the jobs."""
        observed = Observed(at=NOW, jobs=tuple(job(number) for number in range(JOBS)))
        facts = TargetFacts(target=TARGET, why="declared", where="memory")
        sight = Sight(facts=facts, at=NOW, observed=observed)
        return Survey(at=NOW, project="acme", sights={TARGET: sight})

    def mark(self) -> object:
        """Return the same for ever."""

    def reader(self, target: TargetName) -> object:
        """Return nothing: nobody asks."""
        del target
        return self

    probe = reader


class Blank:
    """A store and an audit log that forget everything."""

    def count(self, usage: object) -> None:
        """Forget it."""

    def usage(self, month: str) -> tuple[object, ...]:
        """Return nothing."""
        del month
        return ()

    write = count


def serve(which: str) -> None:
    """Serve one of the two applications, and tell its port on standard output."""
    lookout, blank = Still(), Blank()
    watch = Watch(lookout)  # type: ignore[arg-type]  # it is never asked for a reader
    meter = Meter(blank, Limits(), budget=Budget(), clock=lookout)  # type: ignore[arg-type]
    asking = Asking(watch, meter, blank, tells_prompts=False)
    app: FastAPI = create_app(Premises(watch=watch, asking=asking))
    watch.look()
    if which == "bare":
        app = bare(msgspec_bytes(watch))
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", timeout_keep_alive=600
    )
    with bound("127.0.0.1", 0) as listener:
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(config).run(sockets=[listener])


def msgspec_bytes(watch: Watch) -> bytes:
    """Return the listing as it is answered."""
    return watch.snapshot.jobs_page(JobsWanted())[0].content


def bare(content: bytes) -> FastAPI:
    """Return the least FastAPI that answers these bytes."""
    app = FastAPI()

    @app.get(PATH)
    async def answer() -> Response:
        return Response(content, media_type="application/json")

    return app


def one_round(connection: http.client.HTTPConnection, requests: int) -> float:
    """Return the seconds that so many requests take on one connection."""
    began = time.perf_counter()
    for _ in range(requests):
        connection.request("GET", PATH)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.HTTPStatus.OK or not content.startswith(b"["):
            raise SystemExit(f"{answer.status}: {content[:200]!r}")
    return time.perf_counter() - began


def main(requests: int) -> int:
    """Compare, tell, and return 1 if ours is too slow."""
    servers, connections = {}, {}
    for which in ("bare", "ftops"):
        command = [sys.executable, __file__, "--serve", which]
        servers[which] = subprocess.Popen(  # noqa: S603 - a program of our own
            command, stdout=subprocess.PIPE, text=True
        )
        out = servers[which].stdout
        port = int(out.readline()) if out is not None else 0
        connections[which] = http.client.HTTPConnection("127.0.0.1", port)
    try:
        sizes = set()
        for connection in connections.values():
            one_round(connection, requests)
            connection.request("GET", PATH)
            sizes.add(len(connection.getresponse().read()))
        if len(sizes) != 1:
            raise SystemExit("the two do not answer the same bytes")
        times: dict[str, list[float]] = {which: [] for which in connections}
        for number in range(ROUNDS):
            order = list(connections) if number % 2 else list(reversed(connections))
            for which in order:
                times[which].append(one_round(connections[which], requests))
    finally:
        for server in servers.values():
            server.kill()
            server.wait()
    medians = {which: statistics.median(found) for which, found in times.items()}
    share = medians["bare"] / medians["ftops"]
    print(f"{JOBS} jobs, {sizes.pop():,} bytes, {ROUNDS} rounds of {requests} requests each")
    for which, median in medians.items():
        print(f"{which:6} {requests / median:8,.0f} requests/s")
    print(f"ftops answers at {share:.2f} of the bare route (wanted: {WANTED})")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 50))
