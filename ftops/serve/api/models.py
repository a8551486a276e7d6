"""`/api/llm/models`: every model that a spec has or had."""

from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from ftops.core.access import Role
from ftops.serve.access.gate import needs
from ftops.serve.api.answers import answer
from ftops.serve.premises import Premises
from ftops.serve.problems import documented
from ftops.serve.snapshot.snapshot import body_of
from ftops.serve.snapshot.values import ModelView

LIST = "/api/llm/models"


def register(app: FastAPI, premises: Premises) -> None:
    """Add this route."""

    @app.get(
        LIST,
        response_model=list[ModelView],
        openapi_extra=needs(Role.VIEWER),
        tags=["models"],
        summary="Every model, newest first",
        responses=documented(422),
    )
    async def list_models(
        request: Request, spec: Annotated[str | None, Query(max_length=63)] = None
    ) -> Response:
        """List them; the one a spec has now is marked `is_current`, earlier ones come from git."""
        snapshot = premises.watch.snapshot
        if spec is None:
            return answer(request, snapshot, snapshot.models_body)
        mine = [one for one in snapshot.models if one.spec == spec]
        return answer(request, snapshot, body_of(mine))
