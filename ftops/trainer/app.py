"""The application: OpenAI's routes, and a server's life around them."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router

from ftops.trainer.api.front_door import FrontDoor
from ftops.trainer.api.openapi import describe
from ftops.trainer.api.operations import ENDPOINTS
from ftops.trainer.api.premises import Activity, Premises, premises_of
from ftops.trainer.api.problems import RefusalError, error_body, unknown_cursor
from ftops.trainer.api.serving import LoadedModels
from ftops.trainer.api.tries import routes as tries
from ftops.trainer.pages.routes import page
from ftops.trainer.running.launchers.choice import chosen
from ftops.trainer.running.launchers.contract import Launcher
from ftops.trainer.running.launchers.elsewhere import TRIES_PATH
from ftops.trainer.running.scheduler import Scheduler
from ftops.trainer.settings import Settings
from ftops.trainer.store.store import Store
from ftops.trainer.store.table import UnknownCursorError

API: Final = [endpoint.route() for endpoint in ENDPOINTS]


def create_app(
    settings: Settings,
    *,
    launcher: Launcher | None = None,
    while_open: Callable[[Premises], AbstractContextManager[object]] = nullcontext,
) -> Starlette:
    """Build the server; it opens its store and begins to train when its lifespan begins.

    Without a launcher it is the one that the settings name.
    """
    activity = Activity()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        store = Store(settings.store, patience=settings.store_patience_seconds)
        try:
            scheduler = Scheduler(store, settings, launcher or chosen(settings.cluster))
            app.state.activity = activity
            premises = Premises(
                settings=settings,
                store=store,
                scheduler=scheduler,
                loaded=LoadedModels(store.root, settings),
            )
            app.state.premises = premises
            scheduler.start()
            try:
                with while_open(premises):
                    yield
            finally:
                await run_in_threadpool(scheduler.stop)
        finally:
            store.close()

    app = Starlette(
        routes=[
            Route("/", page, methods=["GET"]),
            Route("/health", health, methods=["GET"]),
            Route("/openapi.json", describe, methods=["GET"]),
            Mount(TRIES_PATH, routes=list(tries.ROUTES)),
            Mount("/v1", app=Router(API, redirect_slashes=False)),
        ],
        middleware=[Middleware(FrontDoor, settings=settings, activity=activity)],
        exception_handlers={
            RefusalError: _refuse,
            UnknownCursorError: _refuse_cursor,
            HTTPException: _refuse_route,
        },
        lifespan=lifespan,
    )
    # A path with an empty id is no list; and behind a TLS proxy one would be sent on in the clear.
    app.router.redirect_slashes = False
    return app


def health(request: Request) -> Response:
    """Say whose server this is, so that it can be trusted before it is used."""
    premises = premises_of(request)
    return JSONResponse({"status": "ok", "store": premises.store.id, "pid": os.getpid()})


def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)  # noqa: S101 only this kind is registered for us
    return JSONResponse(error.body(), error.status)


def _refuse_cursor(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnknownCursorError)  # noqa: S101 only this kind is registered for us
    return _refuse(request, unknown_cursor(error.after))


def _refuse_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 only this kind is registered for us
    asked = f"{request.method} {request.url.path}"
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": ", ".join(_allowed(request.url.path))}
    words = {
        404: f"Invalid URL ({asked})",
        405: f"Not allowed to {request.method} on {request.url.path}. "
        "(HINT: Perhaps you meant to use a different HTTP method?)",
    }.get(error.status_code, str(error.detail))
    return JSONResponse(error_body(words), error.status_code, headers=headers)


def _allowed(path: str) -> list[str]:
    """Return what may be asked of a path: each of its methods is a route of its own."""
    below = path.removeprefix("/v1")
    found = [route.methods or set() for route in API if route.path_regex.match(below)]
    return sorted(set().union(*found) or {"GET", "HEAD"})
