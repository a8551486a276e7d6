"""`/v1/fine_tuning/jobs`."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.endpoint import AFTER, Endpoint, Parameter, limit
from ftops.trainer.api.jobs import shapes
from ftops.trainer.api.jobs.new_job import first_words, job_from
from ftops.trainer.api.jobs.requests import NewJob
from ftops.trainer.api.paging import MOST_LISTED, Listing, listing, wanted_metadata, window
from ftops.trainer.api.parsing import parse
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import RefusalError, no_such_job
from ftops.trainer.store import records
from ftops.trainer.store.job_life import AT_WORK, Happening, IllegalTransitionError, Status
from ftops.trainer.store.jobs_table import KeyReusedError
from ftops.trainer.store.records import Job
from ftops.trainer.store.table import Where, Window

_JOBS_LISTED = 20
_EVENTS_LISTED = 20
_CHECKPOINTS_LISTED = 10


async def create(request: Request) -> Response:
    """Take a job on."""
    body = await read_body(request)
    key = request.headers.get("idempotency-key")
    job = await run_in_threadpool(_create, premises_of(request), body, key)
    return JSONResponse(shapes.job(job))


def _create(premises: Premises, body: bytes, key: str | None) -> Job:
    job = job_from(parse(body, NewJob), premises)
    try:
        job = premises.store.jobs.create_once(
            job, first_words(job), key=key, digest=hashlib.sha256(body).hexdigest()
        )
    except KeyReusedError:
        # Not 409: the official clients send a conflict again, and it would never end well.
        raise RefusalError(
            400,
            "This Idempotency-Key was used before with other parameters.",
            code="idempotency_key_reused",
        ) from None
    premises.scheduler.wake()
    return job


def list_jobs(request: Request) -> Response:
    """List jobs, newest first."""
    page = premises_of(request).store.jobs.page(
        _newest_first(request, _JOBS_LISTED), wanted_metadata(request.query_params)
    )
    return JSONResponse(listing(page, shapes.job))


def retrieve(request: Request) -> Response:
    """Show a job."""
    return JSONResponse(shapes.job(_found(request)))


def cancel(request: Request) -> Response:
    """End a job: at once if it waits, at its next step if it runs."""
    job = _ask(request, Happening.CANCEL)
    if job.status not in AT_WORK:
        premises_of(request).store.jobs.tell(job.id, "Fine-tuning job cancelled")
    return JSONResponse(shapes.job(job))


def pause(request: Request) -> Response:
    """Set a job aside, with what it has learned so far."""
    job = _ask(request, Happening.PAUSE)
    if job.status is Status.PAUSED:
        premises_of(request).store.jobs.tell(job.id, "Fine-tuning job paused")
    else:
        # OpenAI's description of this answer has no word for the moment before the worker stops.
        job = replace(job, status=Status.RUNNING)
    return JSONResponse(shapes.job(job))


def resume(request: Request) -> Response:
    """Let a paused job go on."""
    return JSONResponse(shapes.job(_ask(request, Happening.RESUME)))


def list_events(request: Request) -> Response:
    """List a job's log, newest first."""
    job = _found(request)
    page = premises_of(request).store.jobs.events(job.id, _newest_first(request, _EVENTS_LISTED))
    return JSONResponse(listing(page, shapes.event))


def list_checkpoints(request: Request) -> Response:
    """List a job's snapshots, newest first."""
    job = _found(request)
    page = premises_of(request).store.checkpoints.page(
        _newest_first(request, _CHECKPOINTS_LISTED), Where(text="job_id = ?", values=(job.id,))
    )
    return JSONResponse(listing(page, shapes.checkpoint))


_REQUESTS: Mapping[Happening, Mapping[str, Any]] = {
    Happening.CANCEL: {"request": records.Request.CANCEL},
    Happening.PAUSE: {"request": records.Request.PAUSE},
    Happening.RESUME: {"request": records.Request.NOTHING, "losses": 0},
}


def _ask(request: Request, happening: Happening) -> Job:
    premises = premises_of(request)
    job = _found(request)
    try:
        job = premises.store.jobs.move(job.id, happening, **_REQUESTS[happening])
    except IllegalTransitionError as error:
        raise RefusalError(
            400,
            f"Job {job.id} cannot be asked to {happening}: it is {error.status}.",
            code="invalid_job_status",
        ) from None
    premises.scheduler.wake()
    return job


def _found(request: Request) -> Job:
    job_id = request.path_params["job_id"]
    job = premises_of(request).store.jobs.get(job_id)
    if job is None:
        raise no_such_job(job_id)
    return job


def _newest_first(request: Request, default: int) -> Window:
    return replace(window(request.query_params, default=default), newest_first=True)


_JOBS, _ONE = "/fine_tuning/jobs", "/fine_tuning/jobs/{job_id}"
_PAGE = (AFTER, limit(MOST_LISTED))
_METADATA = Parameter(
    name="metadata",
    schema={
        "anyOf": [
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"const": "null"},
        ]
    },
    style="deepObject",
)

ENDPOINTS = (
    Endpoint(method="POST", path=_JOBS, answer=create, takes=NewJob, gives=shapes.FineTuningJob),
    Endpoint(
        method="GET",
        path=_JOBS,
        answer=list_jobs,
        gives=Listing[shapes.FineTuningJob],
        query=(*_PAGE, _METADATA),
    ),
    Endpoint(method="GET", path=_ONE, answer=retrieve, gives=shapes.FineTuningJob),
    *(
        Endpoint(
            method="POST",
            path=f"{_ONE}/{answer.__name__}",
            answer=answer,
            gives=shapes.FineTuningJob,
        )
        for answer in (cancel, pause, resume)
    ),
    Endpoint(
        method="GET",
        path=f"{_ONE}/events",
        answer=list_events,
        gives=Listing[shapes.Event],
        query=_PAGE,
    ),
    Endpoint(
        method="GET",
        path=f"{_ONE}/checkpoints",
        answer=list_checkpoints,
        gives=Listing[shapes.JobCheckpoint],
        query=_PAGE,
    ),
)
