"""Routes that say who may use them; one that does not say it cannot even be added."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send
from typing_extensions import override

from ftops.core.access import Role
from ftops.serve.caller import Caller
from ftops.serve.problems import documented

ROLE_KEY: Final = "x-ftops-role"
ANYBODY: Final = "anybody"
CALLER: Final = "caller"
SMALL_BODY: Final = 64 * 1024


def needs(role: Role) -> dict[str, Any]:
    """Return what a route says to let in callers of that role."""
    return {ROLE_KEY: role.value}


def open_to_anybody() -> dict[str, Any]:
    """Return what a route says to let in everybody, tokens or not."""
    return {ROLE_KEY: ANYBODY}


def role_of(extra: Mapping[str, Any] | None) -> Role | None:
    """Return the role a route says it needs, None for anybody; ValueError if it says nothing."""
    word = (extra or {}).get(ROLE_KEY, "")
    return None if word == ANYBODY else Role(word)


def caller_of(request: Request) -> Caller:
    """Return who asks; only behind the gate."""
    caller: Caller = request.scope["state"][CALLER]
    return caller


class GuardedRoute(APIRoute):
    """A route behind the gate: the caller is asked for once the route is known, not by its URL."""

    def __init__(self, path: str, endpoint: Any, **parts: Any) -> None:  # noqa: ANN401 - FastAPI's own
        # FastAPI would answer a body beyond its own bound in plain text.
        self._most_bytes = parts.pop("max_body_size", None) or SMALL_BODY
        self.needed = role_of(parts.get("openapi_extra"))
        if self.needed is not None:
            parts["responses"] = {**documented(401, 403, 429), **(parts.get("responses") or {})}
        super().__init__(path, endpoint, **parts)

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the caller in, or raise."""
        if self.needed is not None:
            caller = scope["app"].state.gate.let_in(scope, self.needed)
            scope.setdefault("state", {})[CALLER] = caller
        await super().handle(scope, limited(receive, self._most_bytes), send)


def limited(receive: Receive, most_bytes: int) -> Receive:
    """Return the way to receive a body of at most so many bytes; HTTPException for one beyond."""
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most_bytes:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body has more than the {most_bytes:,} bytes that this takes",
            )
        return message

    return receive_some
