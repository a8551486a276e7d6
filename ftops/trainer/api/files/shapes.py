"""Files as OpenAI's JSON objects."""

from typing import Literal, NotRequired, TypedDict

from ftops.trainer.store.records import StoredFile


class File(TypedDict):
    """An uploaded or produced file."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: int
    filename: str
    purpose: str
    status: Literal["processed"]
    expires_at: NotRequired[int]


def file(row: StoredFile) -> File:
    """Write a file; like OpenAI we look into it only when a job uses it."""
    shape: File = {
        "id": row.id,
        "object": "file",
        "bytes": row.bytes,
        "created_at": row.created_at,
        "filename": row.filename,
        "purpose": row.purpose,
        "status": "processed",
    }
    if row.expires_at is not None:
        shape["expires_at"] = row.expires_at
    return shape
