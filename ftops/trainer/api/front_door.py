"""What every request passes first: may it come in, and that somebody is here."""

import ipaddress
import logging
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops.trainer import full_disk, ids, surroundings
from ftops.trainer.api.keys import bearer, is_opened
from ftops.trainer.api.premises import Activity
from ftops.trainer.api.problems import error_body
from ftops.trainer.running.launchers.elsewhere import TRIES_PATH
from ftops.trainer.settings import Settings

log = logging.getLogger(__name__)

# The page asks for itself: a browser sends no key.
_OPEN_PATHS = frozenset({"/health", "/"})


class FrontDoor:
    """Checks host and key, counts who is inside, and gives every answer an id."""

    def __init__(self, app: ASGIApp, settings: Settings, activity: Activity) -> None:
        """Stand before this app."""
        self._app = app
        self._settings = settings
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"req_{ids.random_word(32)}"

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        refusal = self._refusal(scope)
        self._activity.open_requests += 1
        try:
            await self._answer(refusal or self._app, scope, receive, send_with_id)
        finally:
            self._activity.open_requests -= 1
            self._activity.last_at = surroundings.monotonic()

    @staticmethod
    async def _answer(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, or apologise for it.

        An exception that reached uvicorn would close the connection after the answer, and the
        client's next request on it would be reset.
        """
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await app(scope, receive, watched)
        except Exception as error:
            if has_begun:
                raise
            asked = f"{scope['method']} {scope['path']}"
            log.exception("the server had an error while answering %s", asked)
            await _apology(asked, error)(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        # A web page can make a browser ask us, but only under its own name (DNS rebinding).
        if self._settings.loopback_hosts_only and not is_loopback(headers.get("host", "")):
            return JSONResponse(
                error_body("This server answers only to a loopback name.", code="invalid_host"), 403
            )
        # A browser sends a form or plain text to us for any page, without asking us first.
        if self._settings.loopback_hosts_only and _is_foreign(headers.get("origin")):
            words = "This server takes no requests from other sites' pages."
            return JSONResponse(error_body(words, code="invalid_origin"), 403)
        keys = self._settings.api_keys
        # A worker shows its try's own token; it never has a key.
        is_workers = scope["path"].startswith(f"{TRIES_PATH}/")
        if not keys or is_workers or scope["path"] in _OPEN_PATHS:
            return None
        given = bearer(headers.get("authorization", ""))
        if is_opened(keys, given):
            return None
        words = (
            "Incorrect API key provided."
            if given
            else "You didn't provide an API key. You need to provide your API key in an "
            "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
        )
        return JSONResponse(error_body(words, code="invalid_api_key"), 401)


def _apology(asked: str, error: Exception) -> JSONResponse:
    if full_disk.is_meant_by(error):
        message = "The disk of this training server is full; nothing was done."
        body = error_body(message, kind="server_error", code="insufficient_storage")
        return JSONResponse(body, HTTPStatus.INSUFFICIENT_STORAGE)
    message = f"The server had an error while answering {asked}."
    body = error_body(message, kind="server_error", code="server_error")
    return JSONResponse(body, HTTPStatus.INTERNAL_SERVER_ERROR)


def _is_foreign(origin: str | None) -> bool:
    if origin is None:
        return False
    return not is_loopback(origin.partition("://")[2])


def is_loopback(host: str) -> bool:
    """Say whether a Host header, port included, names this machine only."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.removeprefix("[").removesuffix("]")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
