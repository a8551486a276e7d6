"""Answers from the snapshot: its bytes as they are, with their mark and their age."""

from typing import Final

from fastapi import Request, Response

from ftops.serve.problems import JSON
from ftops.serve.snapshot.snapshot import Body, Snapshot

SEEN_AT: Final = "Ftops-Seen-At"
STALE: Final = "Ftops-Stale"


def answer(request: Request, snapshot: Snapshot, body: Body, link: str | None = None) -> Response:
    """Return the body, or 304 to a client that has it already."""
    headers = {"ETag": body.etag, SEEN_AT: snapshot.seen_at}
    if snapshot.troubles:
        headers[STALE] = "true"
    if link is not None:
        headers["Link"] = link
    if request.headers.get("if-none-match") == body.etag:
        return Response(status_code=304, headers=headers)
    return Response(body.content, 200, headers, media_type=JSON)
