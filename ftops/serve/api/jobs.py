"""`/api/llm/fine-tuning/jobs`: the list, one job, its log and its curves."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from ftops.core.access import Role
from ftops.core.names import JobId
from ftops.serve.access.gate import needs
from ftops.serve.api.answers import answer, query_parameters
from ftops.serve.api.stream import EVENT_STREAM, follow, wants_stream
from ftops.serve.premises import Premises
from ftops.serve.problems import RefusedError, documented
from ftops.serve.snapshot.jobs import with_trail
from ftops.serve.snapshot.snapshot import JobsWanted, Snapshot, body_of
from ftops.serve.snapshot.values import (
    CurveView,
    EventView,
    JobRow,
    JobView,
    JobWord,
    Measured,
    event_view,
)

LIST = "/api/llm/fine-tuning/jobs"
ONE = LIST + "/{job_id}"
MOST_ROWS = 1000


EVERY_JOB = JobsWanted()


class JobsQuery(BaseModel):
    """Which jobs to list."""

    status: JobWord | None = None
    spec: Annotated[str | None, Field(max_length=63)] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = EVERY_JOB.limit
    after: Annotated[str | None, Field(max_length=200)] = None


def register(app: FastAPI, premises: Premises) -> None:
    """Add these routes."""
    viewer = needs(Role.VIEWER)

    @app.get(
        LIST,
        response_model=list[JobRow],
        openapi_extra={**viewer, "parameters": query_parameters(JobsQuery)},
        tags=["jobs"],
        summary="Every job, newest first",
        responses=documented(422),
    )
    async def list_jobs(request: Request) -> Response:
        """List them; the next page, if there is one, stands in the `Link` header."""
        snapshot = premises.watch.snapshot
        wanted = _wanted(request)
        if wanted.after is not None and wanted.after not in snapshot.jobs_by_id:
            raise _unknown_cursor(wanted.after)
        body, last = snapshot.jobs_page(wanted)
        return answer(request, snapshot, body, _next(wanted, last))

    @app.get(
        ONE,
        response_model=JobView,
        openapi_extra=viewer,
        tags=["jobs"],
        summary="One job",
        responses=documented(404),
    )
    async def one_job(request: Request, job_id: str) -> Response:
        """Show it; `progress` comes from the steps seen in its log, of the steps it will have."""
        snapshot = premises.watch.snapshot
        view = _find(snapshot, job_id)
        trail = snapshot.trails.get(JobId(job_id))
        return answer(
            request, snapshot, body_of(view if trail is None else with_trail(view, trail))
        )

    @app.get(
        ONE + "/events",
        response_model=list[EventView],
        openapi_extra=viewer,
        tags=["jobs"],
        summary="A job's log",
        responses={
            200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}},
            **documented(404, 502, 503),
        },
    )
    async def events(
        request: Request,
        job_id: str,
        last_event_id: Annotated[str | None, Header(max_length=200)] = None,
    ) -> Response:
        """Tell all of it; with `Accept: text/event-stream` it goes on until the job has ended."""
        snapshot = premises.watch.snapshot
        view = _find(snapshot, job_id)
        if wants_stream(request):
            return _streamed(follow(premises, job_id, last_event_id))
        trail = await run_in_threadpool(premises.watch.trail_of, snapshot, view)
        shown = [event_view(one) for one in trail.events]
        return answer(request, snapshot, body_of(shown))

    @app.get(
        ONE + "/metrics",
        response_model=Measured,
        openapi_extra=viewer,
        tags=["jobs"],
        summary="A job's loss and accuracy over its steps",
        responses=documented(404, 502, 503),
    )
    async def metrics(request: Request, job_id: str) -> Response:
        """Show the curves; once a job has ended its result file is read; before that, its log."""
        snapshot = premises.watch.snapshot
        view = _find(snapshot, job_id)
        trail = await run_in_threadpool(premises.watch.trail_of, snapshot, view)
        series = tuple(CurveView(name=one.name, points=one.points) for one in trail.curves)
        measured = Measured(job_id=job_id, source=trail.source, series=series)
        return answer(request, snapshot, body_of(measured))


def _wanted(request: Request) -> JobsWanted:
    """Return what the query asks for; this is the list that programs ask for all the time."""
    if not request.scope["query_string"]:
        return EVERY_JOB
    try:
        query = JobsQuery.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
        ) from error
    return JobsWanted(status=query.status, spec=query.spec, limit=query.limit, after=query.after)


def _unknown_cursor(after: str) -> RefusedError:
    """Return the refusal; an empty page would read as the end of a list that was cut short."""
    return RefusedError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unknown_cursor",
        f"this project has no job {after} to go on after",
        hint=f"GET {LIST} without `after` begins anew",
    )


def _find(snapshot: Snapshot, job_id: str) -> JobView:
    view = snapshot.jobs_by_id.get(job_id)
    if view is None:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            "not_found",
            f"this project has no job {job_id}",
            hint=f"GET {LIST} lists its jobs; others can be adopted with `ftops adopt`",
        )
    return view


def _next(wanted: JobsWanted, last: str | None) -> str | None:
    if last is None:
        return None
    told = {"status": wanted.status, "spec": wanted.spec, "limit": wanted.limit, "after": last}
    query = urlencode({name: value for name, value in told.items() if value is not None})
    return f'<{LIST}?{query}>; rel="next"'


def _streamed(pieces: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(pieces, media_type=EVENT_STREAM)
