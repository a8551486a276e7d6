"""`/api/session`: a browser shows a token once and is known by a cookie from then on."""

from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ftops.core.access import Role
from ftops.serve.access.gate import caller_of, needs, open_to_anybody
from ftops.serve.access.sessions import COOKIE, LASTS
from ftops.serve.access.tokens import TokenGate
from ftops.serve.premises import Premises
from ftops.serve.problems import JSON, RefusedError, documented
from ftops.serve.snapshot.snapshot import body_of


class ShownToken(BaseModel):
    """The token, shown once."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=200)]


class WhoView(BaseModel):
    """Who the server takes you for."""

    id: str
    name: str
    role: Role


def register(app: FastAPI, premises: Premises) -> None:
    """Add these routes."""
    gate = premises.gate

    @app.get(
        "/api/session",
        response_model=WhoView,
        openapi_extra=needs(Role.VIEWER),
        tags=["access"],
        summary="Who you are here",
    )
    async def who(request: Request) -> Response:
        caller = caller_of(request)
        told = {"id": caller.id, "name": caller.name, "role": caller.role}
        return Response(body_of(told).content, media_type=JSON)

    if not isinstance(gate, TokenGate):
        return

    @app.post(
        "/api/session",
        status_code=HTTPStatus.NO_CONTENT,
        openapi_extra=open_to_anybody(),
        tags=["access"],
        summary="Show a token once; a cookie stands for it from then on",
        max_body_size=4096,
        responses=documented(400, 401, 413, 415, 422),
    )
    async def begin(shown: ShownToken) -> Response:
        token = gate.recognise(shown.token)
        if token is None:
            raise RefusedError(
                HTTPStatus.UNAUTHORIZED,
                "no_token",
                "this is no token that counts",
                hint="`ftops token create NAME` makes one",
            )
        answer = Response(status_code=HTTPStatus.NO_CONTENT)
        answer.set_cookie(
            COOKIE,
            gate.sessions.begin(token.id),
            max_age=int(LASTS.total_seconds()),
            secure=premises.is_behind_tls,
            httponly=True,
            samesite="strict",
        )
        return answer

    @app.delete(
        "/api/session",
        status_code=HTTPStatus.NO_CONTENT,
        openapi_extra=open_to_anybody(),
        tags=["access"],
        summary="Forget the cookie",
        responses=documented(403),
    )
    async def end(request: Request) -> Response:
        gate.sessions.end(request.cookies.get(COOKIE, ""))
        answer = Response(status_code=HTTPStatus.NO_CONTENT)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer
