"""Error answers for people: a browser that asks for a page is told on one."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ftops.serve.pages.paper import HTML, rendered
from ftops.serve.problems import RefusedError

NO_PAGES: Final = ("/api/", "/static/", "/webhooks/", "/metrics", "/healthz", "/openapi.json")

Answer = Callable[[Request, Exception], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Let a browser's error answers be pages; programs get theirs as before."""
    for kind in (RefusedError, HTTPException, RequestValidationError):
        before = app.exception_handlers[kind]
        app.add_exception_handler(kind, _as_page(before))  # type: ignore[arg-type]  # ours are async


def _as_page(before: Answer) -> Answer:
    async def answer(request: Request, error: Exception) -> Response:
        if not wants_page(request):
            return await before(request, error)
        if isinstance(error, RefusedError):
            return _page(error.status, error.message, error.hint, error.headers)
        if isinstance(error, HTTPException):
            return _page(error.status_code, f"There is no page {request.scope['path']}.", None, {})
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY, "No page is asked for like that.", None, {})

    return answer


def wants_page(request: Request) -> bool:
    """Say whether a person looks: a browser asks for HTML, and not below the API."""
    path = request.scope["path"]
    html = HTML in request.headers.get("accept", "")
    return html and request.method == "GET" and not path.startswith(NO_PAGES)


def _page(status: int, message: str, hint: str | None, headers: dict[str, str]) -> Response:
    template = "sign_in.html" if status == HTTPStatus.UNAUTHORIZED else "trouble.html"
    content = rendered(
        template, status=status, phrase=HTTPStatus(status).phrase, message=message, hint=hint
    )
    return Response(content, status, headers, media_type=HTML)
