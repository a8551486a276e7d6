"""Uploads and their parts as OpenAI's JSON objects."""

from typing import Literal, TypedDict

from ftops.trainer.api.files.shapes import File, file
from ftops.trainer.store import records
from ftops.trainer.store.records import StoredFile, UploadStatus


class Upload(TypedDict):
    """A file that arrives in parts; `file` is set once it is whole."""

    id: str
    object: Literal["upload"]
    bytes: int
    created_at: int
    expires_at: int
    filename: str
    purpose: str
    status: UploadStatus
    file: File | None


class UploadPart(TypedDict):
    """One part."""

    id: str
    object: Literal["upload.part"]
    created_at: int
    upload_id: str


def upload(row: records.Upload, made: StoredFile | None = None) -> Upload:
    """Write an upload, with the file it became."""
    return {
        "id": row.id,
        "object": "upload",
        "bytes": row.bytes,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "filename": row.filename,
        "purpose": row.purpose,
        "status": row.status,
        "file": None if made is None else file(made),
    }


def part(row: records.UploadPart) -> UploadPart:
    """Write a part."""
    return {
        "id": row.id,
        "object": "upload.part",
        "created_at": row.created_at,
        "upload_id": row.upload_id,
    }
