"""A job's log as server-sent events: what is known at once, then what comes, then the end."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec
from fastapi import Request
from starlette.concurrency import run_in_threadpool

from ftops.core.progress import JobEvent
from ftops.errors import FtopsError
from ftops.serve.premises import Premises
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.serve.snapshot.values import ENDED, JobView, event_view

EVENT_STREAM: Final = "text/event-stream"
HEARTBEAT_SECONDS: Final = 15.0


def wants_stream(request: Request) -> bool:
    """Say whether the client asked for a stream."""
    return EVENT_STREAM in request.headers.get("accept", "")


async def follow(premises: Premises, job_id: str, after: str | None) -> AsyncIterator[bytes]:
    """Yield `job` whenever the job has changed, `log` for each event, and `end` once it has ended.

    `after` is the id of the last event a client that lost the connection has seen.
    """
    told, shown = after, None
    while not premises.bell.is_over:
        ring = premises.bell.listen()
        snapshot = premises.watch.snapshot
        view = snapshot.jobs_by_id.get(job_id)
        if view is None:
            return
        if view != shown:
            yield piece_of("job", view)
            shown = view
        for event in _younger(await _events(premises, snapshot, view), told):
            yield piece_of("log", event_view(event), event.id)
            told = event.id
        if view.status in ENDED:
            yield piece_of("end", {"status": view.status})
            return
        if not await premises.bell.heard(ring, HEARTBEAT_SECONDS):
            yield b": still here\n\n"


async def _events(premises: Premises, snapshot: Snapshot, view: JobView) -> Sequence[JobEvent]:
    """Return what the job told so far; a log that cannot be had now is no reason to end."""
    try:
        trail = await run_in_threadpool(premises.watch.trail_of, snapshot, view)
    except FtopsError:
        return ()
    return trail.events


def _younger(events: Sequence[JobEvent], after: str | None) -> Sequence[JobEvent]:
    ids = [event.id for event in events]
    return events[ids.index(after) + 1 :] if after in ids else events


def piece_of(kind: str, value: object, identity: str | None = None) -> bytes:
    """Return one server-sent event."""
    # A line break inside an id would end the field; JSON has none of its own.
    told = "" if identity is None else f"id: {' '.join(identity.split())}\n"
    return f"event: {kind}\n{told}data: ".encode() + msgspec.json.encode(value) + b"\n\n"
