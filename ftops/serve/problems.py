"""Every error answer: `{"error": {"code", "message", "hint"}}` with the right status."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from ftops.errors import FtopsError, ProviderRejected, RecordError, Refusal

CODES: Final = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "content_too_large"}
"""Words that do not depend on the version of Python."""
JSON: Final = "application/json"


class ErrorInside(BaseModel):
    """What went wrong: a word for programs, a sentence, and perhaps what to do next."""

    code: str
    message: str
    hint: str | None = None


class ErrorBody(BaseModel):
    """An error answer."""

    error: ErrorInside


class RefusedError(Exception):
    """A request that is answered with an error, on purpose."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, dict[str, str | None]]:
        """Return what is sent."""
        return error_body(self.code, self.message, self.hint)

    def answer(self) -> Response:
        """Return it as it is sent."""
        return error_answer(self.status, self.code, self.message, self.hint, self.headers)


def error_answer(
    status: int,
    code: str,
    message: str,
    hint: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error answer."""
    content = msgspec.json.encode(error_body(code, message, hint))
    return Response(content, status, dict(headers or {}), media_type=JSON)


def error_body(code: str, message: str, hint: str | None) -> dict[str, dict[str, str | None]]:
    """Return an error as every client finds it; half characters of a request are replaced."""
    whole = message.encode("utf-8", "replace").decode()
    return {"error": {"code": code, "message": whole, "hint": hint}}


def install(app: FastAPI) -> None:
    """Let every error that can arise become such an answer."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(FtopsError, _expected)
    app.add_exception_handler(Exception, _bug)


def refused_by_provider(error: FtopsError) -> RefusedError:
    """Return what the provider's trouble, or our own disk's, means to a client of ours."""
    status, code = HTTPStatus.BAD_GATEWAY, "provider_unavailable"
    if isinstance(error, RecordError):
        status, code = HTTPStatus.SERVICE_UNAVAILABLE, "cannot_record"
    if isinstance(error, ProviderRejected):
        code = "provider_refused"
        if error.refusal is Refusal.NOT_FOUND:
            status, code = HTTPStatus.NOT_FOUND, "not_found"
        elif error.refusal.passes:
            status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": "10"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return RefusedError(status, code, error.message, hint=error.hint, headers=headers)


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return how an operation's error answers stand in the API's description."""
    return {
        status: {"model": ErrorBody, "description": HTTPStatus(status).phrase}
        for status in statuses
    }


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101 - it is installed for nothing else
    return error.answer()


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is installed for nothing else
    status = HTTPStatus(error.status_code)
    code = CODES.get(status) or status.phrase.lower().replace(" ", "_")
    message, hint = str(error.detail), None
    if status is HTTPStatus.NOT_FOUND:
        message, hint = f"there is no {request.scope['path']} here", "/docs lists what there is"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        message = f"{request.method} is not possible here"
    return error_answer(status, code, message, hint, error.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is installed for nothing else
    found = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return error_answer(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", "; ".join(found), "/docs tells the form"
    )


async def _expected(_: Request, error: Exception) -> Response:
    assert isinstance(error, FtopsError)  # noqa: S101 - it is installed for nothing else
    return refused_by_provider(error).answer()


async def _bug(_: Request, __: Exception) -> Response:
    return error_answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        "this is a bug in ftops; the server's own log says what happened",
    )
