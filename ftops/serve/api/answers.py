"""Answers from the snapshot: its bytes as they are, with their mark and their age."""

from typing import Any, Final

from fastapi import Request, Response
from pydantic import BaseModel

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


def query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Return a query's fields as OpenAPI describes parameters."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    fields: dict[str, dict[str, Any]] = schema["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _without_null(field)}
        for name, field in fields.items()
    ]


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """Return a field's schema; a query leaves a value out where JSON says null."""
    kinds = [one for one in field.get("anyOf", ()) if one != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else {k: v for k, v in field.items() if k != "title"}
