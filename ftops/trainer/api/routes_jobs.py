"""`/v1/fine_tuning/jobs`."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ftops.trainer.api import requests, shapes
from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.new_job import first_words, job_from
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
    job = job_from(requests.parse(body, requests.NewJob), premises)
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
        _newest_first(request, _JOBS_LISTED), requests.wanted_metadata(request.query_params)
    )
    return JSONResponse(shapes.listing(page, shapes.job))


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
    return JSONResponse(shapes.listing(page, shapes.event))


def list_checkpoints(request: Request) -> Response:
    """List a job's snapshots, newest first."""
    job = _found(request)
    page = premises_of(request).store.checkpoints.page(
        _newest_first(request, _CHECKPOINTS_LISTED), Where(text="job_id = ?", values=(job.id,))
    )
    return JSONResponse(shapes.listing(page, shapes.checkpoint))


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
    return replace(requests.window(request.query_params, default=default), newest_first=True)


_ONE = "/fine_tuning/jobs/{job_id}"
ROUTES = (
    Route("/fine_tuning/jobs", create, methods=["POST"]),
    Route("/fine_tuning/jobs", list_jobs, methods=["GET"]),
    Route(_ONE, retrieve, methods=["GET"]),
    Route(f"{_ONE}/cancel", cancel, methods=["POST"]),
    Route(f"{_ONE}/pause", pause, methods=["POST"]),
    Route(f"{_ONE}/resume", resume, methods=["POST"]),
    Route(f"{_ONE}/events", list_events, methods=["GET"]),
    Route(f"{_ONE}/checkpoints", list_checkpoints, methods=["GET"]),
)
