"""What OpenAI's tests cannot know, put where they write a word for it: a checksum and cursors."""

import hashlib
import json
import re
from http import HTTPMethod
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.conformance.seeds import COMPLETION, EVENT, FILE, JOB, PERMISSION, ROWS, SNAPSHOT

CURSORS: Final = {
    re.compile(r"/v1/files"): FILE,
    re.compile(r"/v1/fine_tuning/jobs"): JOB,
    re.compile(r"/v1/fine_tuning/jobs/[^/]+/events"): EVENT,
    re.compile(r"/v1/fine_tuning/jobs/[^/]+/checkpoints"): SNAPSHOT,
    re.compile(r"/v1/fine_tuning/checkpoints/[^/]+/permissions"): PERMISSION,
    re.compile(r"/v1/chat/completions"): COMPLETION,
    re.compile(r"/v1/chat/completions/[^/]+/messages"): f"{COMPLETION}-0",
}
_COMPLETE: Final = re.compile(r"/v1/uploads/[^/]+/complete")


class Placeholders:
    """Stands before the server in the tests; the server itself is as strict as ever."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            asked = scope["method"], scope["path"]
            if asked[0] == HTTPMethod.GET:
                scope = _with_a_cursor(scope)
            elif asked[0] == HTTPMethod.POST and _COMPLETE.fullmatch(asked[1]):
                scope, receive = await _with_a_checksum(scope, receive)
        await self._app(scope, receive, send)


def _with_a_cursor(scope: Scope) -> Scope:
    true = next((id_ for path, id_ in CURSORS.items() if path.fullmatch(scope["path"])), None)
    pairs = [
        (name, true if true is not None and (name, value) == ("after", "after") else value)
        for name, value in parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
    ]
    return {**scope, "query_string": urlencode(pairs).encode()}


async def _with_a_checksum(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    asked = await Request(scope, receive).json()
    if asked.get("md5") == "md5":
        asked["md5"] = hashlib.md5(ROWS, usedforsecurity=False).hexdigest()
    body = json.dumps(asked).encode()
    scope = {**scope, "headers": list(scope["headers"])}
    MutableHeaders(scope=scope)["content-length"] = str(len(body))

    async def whole() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return scope, whole
