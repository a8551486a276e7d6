"""`/`: every spec at a glance, and first of all what needs a person."""

from dataclasses import dataclass

from fastapi import FastAPI, Request, Response

from ftops.core.access import Role
from ftops.serve.access.gate import needs
from ftops.serve.pages.frame import frame_of
from ftops.serve.pages.paper import page
from ftops.serve.premises import Premises
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.serve.snapshot.values import JobWord, SpecView


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The project in five figures."""

    specs: int
    in_sync: int
    running: int
    models: int
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing that a person should do, and whether it cannot go on by itself."""

    spec: str
    text: str
    is_stuck: bool


def register(app: FastAPI, premises: Premises) -> None:
    """Add this page."""

    @app.get("/", openapi_extra=needs(Role.VIEWER), include_in_schema=False)
    async def overview(request: Request) -> Response:
        snapshot = premises.watch.snapshot
        return page(
            "overview.html",
            frame_of(request, premises, "overview"),
            glance=_glance(snapshot),
            concerns=sorted(
                (one for spec in snapshot.specs for one in _concerns(spec)),
                key=lambda one: not one.is_stuck,
            ),
            specs=snapshot.specs,
            models=snapshot.models_by_name,
            running=[one for one in snapshot.jobs if one.status is JobWord.RUNNING],
        )


def _glance(snapshot: Snapshot) -> Glance:
    return Glance(
        specs=len(snapshot.specs),
        in_sync=sum(one.sync == "in-sync" for one in snapshot.specs),
        running=sum(one.status in {JobWord.RUNNING, JobWord.QUEUED} for one in snapshot.jobs),
        models=len(snapshot.models),
        usd=sum(one.cost_usd or 0.0 for one in snapshot.jobs),
    )


def _concerns(spec: SpecView) -> list[Concern]:
    stuck = spec.health == "stalled"
    return [Concern(spec=spec.name, text=text, is_stuck=stuck) for text in spec.attention]
