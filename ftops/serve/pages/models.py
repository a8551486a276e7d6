"""`/models` and `/models/ID`: what was made, from what, and a place to ask it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from ftops.core.access import Role
from ftops.serve.access.gate import needs
from ftops.serve.pages.compare import lines_of
from ftops.serve.pages.frame import frame_of
from ftops.serve.pages.origins import origin_of
from ftops.serve.pages.paper import page
from ftops.serve.premises import Premises
from ftops.serve.problems import RefusedError
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.serve.snapshot.values import ModelView


def register(app: FastAPI, premises: Premises) -> None:
    """Add these pages."""
    viewer = needs(Role.VIEWER)

    @app.get("/models", openapi_extra=viewer, include_in_schema=False)
    async def models(request: Request) -> Response:
        snapshot = premises.watch.snapshot
        frame = frame_of(request, premises, "models")
        return page("models.html", frame, models=snapshot.models)

    @app.get("/models/{model_id:path}", openapi_extra=viewer, include_in_schema=False)
    async def model(
        request: Request,
        model_id: str,
        beside: Annotated[str | None, Query(alias="with", max_length=300)] = None,
    ) -> Response:
        snapshot = premises.watch.snapshot
        shown = _find(snapshot, model_id)
        other = None if not beside else _find(snapshot, beside)
        job = snapshot.jobs_by_id.get(shown.job_id or "")
        return page(
            "model.html",
            frame_of(request, premises, "models"),
            model=shown,
            other=other,
            origin=origin_of(snapshot.survey, job, shown),
            history=[one for one in snapshot.models if one.spec == shown.spec],
            others=[one for one in snapshot.models if one.id != shown.id],
            lines=() if other is None else lines_of(snapshot, shown, other),
        )


def _find(snapshot: Snapshot, name: str) -> ModelView:
    model = snapshot.models_by_name.get(name)
    if model is None:
        declared = any(one.name == name for one in snapshot.specs)
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            "not_found",
            f"{name} has no model yet" if declared else f"this project has no model {name}",
            hint=f"`ftops apply {name}` trains it" if declared else "see the list of models",
        )
    return model
