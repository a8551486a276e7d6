"""`/openapi.json`, `/docs` and `/static`: the API tells itself, without foreign scripts."""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response

from ftops.core.access import Role
from ftops.serve.access.gate import needs, open_to_anybody
from ftops.serve.pages.assets import FOR_EVER, PATH, assets_by_url
from ftops.serve.pages.frame import frame_of
from ftops.serve.pages.paper import page
from ftops.serve.premises import Premises
from ftops.serve.problems import RefusedError
from ftops.serve.snapshot.snapshot import body_of


def register(app: FastAPI, premises: Premises) -> None:
    """Add these routes."""
    viewer = needs(Role.VIEWER)

    @app.get("/openapi.json", openapi_extra=viewer, include_in_schema=False)
    async def openapi() -> Response:
        return Response(body_of(app.openapi()).content, media_type="application/json")

    @app.get("/docs", openapi_extra=viewer, include_in_schema=False)
    async def docs(request: Request) -> Response:
        frame = frame_of(request, premises, "docs")
        return page("docs.html", frame, about=app.openapi())

    @app.get(PATH + "{name}", openapi_extra=open_to_anybody(), include_in_schema=False)
    async def static(request: Request) -> Response:
        found = assets_by_url().get(request.scope["path"])
        if found is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "not_found", "no such file")
        headers = {"Cache-Control": FOR_EVER}
        return Response(found.content, 200, headers, media_type=found.media_type)
