"""Small shapes that many answers share."""

from typing import Literal, TypedDict


class Deleted(TypedDict):
    """Something is gone."""

    id: str
    object: str
    deleted: Literal[True]


class Fault(TypedDict):
    """What was wrong with a request."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(TypedDict):
    """The body of every refusal."""

    error: Fault


def deleted(row_id: str, kind: str) -> Deleted:
    """Write that something was deleted."""
    return {"id": row_id, "object": kind, "deleted": True}
