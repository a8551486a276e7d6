"""What every request passes first and every answer carries last: the host, and safe headers."""

import ipaddress
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops.serve.counters import Counters
from ftops.serve.problems import RefusedError

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFE_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
LOOKING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_KNOWN: Final = 64
"""Host headers that were found right, so that an address is not parsed with every request."""
NO_ROUTE: Final = "-"
NO_STORE: Final = (b"cache-control", b"no-store")


class FrontDoor:
    """Answers only to known names of this server: a foreign page can only ask under its own."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] | None, counters: Counters) -> None:
        self._app = app
        self._hosts = None if hosts is None else frozenset(map(str.lower, hosts))
        self._counters = counters
        self._known: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._seal(message)
                route = getattr(scope.get("route"), "path", NO_ROUTE)
                self._counters.count(scope["method"], route, message["status"])
            await send(message)

        refused = self._refusal(scope)
        answer = self._app if refused is None else refused.answer()
        await answer(scope, receive, send_safely)

    @staticmethod
    def _seal(message: Message) -> None:
        headers = [*message.get("headers", ()), *SAFE_HEADERS]
        if not any(name.lower() == NO_STORE[0] for name, _ in headers):
            headers.append(NO_STORE)
        message["headers"] = headers

    def _refusal(self, scope: Scope) -> RefusedError | None:
        told = (text for name, text in scope["headers"] if name == b"host")
        host = next(told, b"").decode("latin-1")
        if not self._knows(host):
            return RefusedError(
                421,
                "unknown_host",
                "this server does not answer to that name",
                hint="`ftops serve --allow-host NAME` adds one",
            )
        if scope["method"] in LOOKING:
            return None
        headers = Headers(scope=scope)
        if _is_foreign(headers, host):
            return RefusedError(403, "foreign_origin", "another page may not ask this")
        if _has_a_body(headers) and _media_type(headers) != "application/json":
            return RefusedError(
                415,
                "not_json",
                "the body must be JSON",
                hint="send `Content-Type: application/json`",
            )
        return None

    def _knows(self, host: str) -> bool:
        if self._hosts is None or host in self._known:
            return True
        name = name_of(host)
        known = name in self._hosts or is_loopback(name)
        if known and len(self._known) < MOST_KNOWN:
            self._known.add(host)
        return known


def _is_foreign(headers: Headers, host: str) -> bool:
    """Say whether a browser sends this for a page that is not ours."""
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2].lower() != host.lower()


def _has_a_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def name_of(host: str) -> str:
    """Return the name in a Host header, without its port."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.removeprefix("[").removesuffix("]").lower()


def is_loopback(name: str) -> bool:
    """Say whether a name or address means this machine only."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
