"""`/jobs` and `/jobs/ID`: every training, and one with its curves and its log."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import FastAPI, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from ftops.core.access import Role
from ftops.errors import FtopsError
from ftops.serve.access.gate import needs
from ftops.serve.pages.curves import checkpoints_of, table_of
from ftops.serve.pages.frame import frame_of
from ftops.serve.pages.origins import origin_of
from ftops.serve.pages.paper import page
from ftops.serve.premises import Premises
from ftops.serve.problems import RefusedError
from ftops.serve.snapshot.jobs import with_trail
from ftops.serve.snapshot.snapshot import JobsWanted, Snapshot
from ftops.serve.snapshot.trail import Trail
from ftops.serve.snapshot.values import ENDED, JobView, JobWord
from ftops.usecases.survey import Trouble, trouble_of

MOST_JOBS: Final = 200
MOST_LINES: Final = 500


def register(app: FastAPI, premises: Premises) -> None:
    """Add these pages."""
    viewer = needs(Role.VIEWER)

    @app.get("/jobs", openapi_extra=viewer, include_in_schema=False)
    async def jobs(
        request: Request,
        status: JobWord | None = None,
        spec: Annotated[str | None, Query(max_length=63)] = None,
    ) -> Response:
        snapshot = premises.watch.snapshot
        shown, more = JobsWanted(status=status, spec=spec, limit=MOST_JOBS).among(snapshot.jobs)
        return page(
            "jobs.html",
            frame_of(request, premises, "jobs"),
            jobs=shown,
            is_cut=more,
            status=status,
            spec=spec,
            statuses=list(JobWord),
            known=bool(snapshot.jobs),
        )

    @app.get("/jobs/{job_id}", openapi_extra=viewer, include_in_schema=False)
    async def job(request: Request, job_id: str) -> Response:
        snapshot = premises.watch.snapshot
        view = _find(snapshot, job_id)
        trail, trouble = await run_in_threadpool(_trail, premises, snapshot, view)
        shown = view if trouble is not None else with_trail(view, trail)
        return page(
            "job.html",
            frame_of(request, premises, "jobs"),
            job=shown,
            origin=origin_of(snapshot.survey, view, snapshot.models_by_name.get(view.model or "")),
            names=sorted({*view.hyperparameters, *view.declared_hyperparameters}),
            events=trail.events[-MOST_LINES:],
            earlier=max(0, len(trail.events) - MOST_LINES),
            table=table_of(trail.curves),
            checkpoints=checkpoints_of(trail.events),
            trouble=trouble,
            is_over=view.status in ENDED,
        )


def _find(snapshot: Snapshot, job_id: str) -> JobView:
    view = snapshot.jobs_by_id.get(job_id)
    if view is None:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            "not_found",
            f"this project has no job {job_id}",
            hint="`ftops adopt NAME JOB` takes in a job that ftops did not start",
        )
    return view


def _trail(premises: Premises, snapshot: Snapshot, view: JobView) -> tuple[Trail, Trouble | None]:
    try:
        return premises.watch.trail_of(snapshot, view), None
    except FtopsError as error:
        return Trail(at=snapshot.at), trouble_of(error)
