"""What every request passes first and every answer carries last: the host, and safe headers."""

import ipaddress
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftops.serve.problems import error_answer

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
NO_STORE: Final = (b"cache-control", b"no-store")


class FrontDoor:
    """Answers only to known names of this server: a foreign page can only ask under its own."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] | None) -> None:
        self._app = app
        self._hosts = None if hosts is None else frozenset(map(str.lower, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = [*message.get("headers", ()), *SAFE_HEADERS]
                if "cache-control" not in Headers(raw=headers):
                    headers.append(NO_STORE)
            await send(message)

        if not self._knows(Headers(scope=scope).get("host", "")):
            refusal = error_answer(
                421,
                "unknown_host",
                "this server does not answer to that name",
                hint="`ftops serve --allow-host NAME` adds one",
            )
            await refusal(scope, receive, send_safely)
            return
        await self._app(scope, receive, send_safely)

    def _knows(self, host: str) -> bool:
        if self._hosts is None:
            return True
        name = name_of(host)
        return name in self._hosts or is_loopback(name)


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
