"""`/v1/files`."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from ftops.trainer import ids, surroundings
from ftops.trainer.api.endpoint import AFTER, BYTES, ORDER, Endpoint, Parameter, limit
from ftops.trainer.api.files import shapes
from ftops.trainer.api.files.terms import (
    LEAST_KEPT_SECONDS,
    MOST_KEPT_SECONDS,
    PURPOSES,
    check_filename,
)
from ftops.trainer.api.paging import MOST_LISTED, NO_ID, Listing, listing, window
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import RefusalError, invalid, missing, no_such_file
from ftops.trainer.api.receive import Received, receive_form
from ftops.trainer.api.vocabulary import Deleted, deleted
from ftops.trainer.store.records import StoredFile

_LISTED = 10_000


async def upload(request: Request) -> Response:
    """Take a file in."""
    premises = premises_of(request)
    received = await receive_form(
        request, premises.store.incoming_folder, "file", premises.settings.max_file_bytes
    )
    try:
        row = await run_in_threadpool(_keep, premises, received)
    finally:
        received.path.unlink(missing_ok=True)
    return JSONResponse(shapes.file(row))


def _keep(premises: Premises, received: Received) -> StoredFile:
    if received.filename is None:
        raise missing("file")
    created_at = surroundings.now()
    row = StoredFile(
        id=ids.file_id(),
        bytes=received.size,
        created_at=created_at,
        filename=received.filename,
        purpose=_purpose(received.fields.get("purpose"), received.filename),
        expires_at=_expiry(received.fields, created_at),
    )
    premises.store.keep_file(row, received.path)
    return row


def _purpose(purpose: str | None, filename: str) -> str:
    if not purpose:
        raise missing("purpose")
    if purpose not in PURPOSES:
        raise RefusalError(
            400,
            f"'{purpose}' is not one of {list(PURPOSES)} - 'purpose'",
            param="purpose",
            code="invalid_value",
        )
    check_filename(filename, purpose)
    return purpose


def _expiry(fields: dict[str, str], created_at: int) -> int | None:
    anchor, seconds = fields.get("expires_after[anchor]"), fields.get("expires_after[seconds]")
    if anchor not in {None, "created_at"}:
        raise invalid("expires_after.anchor", "expected created_at")
    if seconds is None:
        if anchor is not None:
            raise missing("expires_after.seconds")
        return None
    if not seconds.isdecimal() or not LEAST_KEPT_SECONDS <= int(seconds) <= MOST_KEPT_SECONDS:
        raise invalid(
            "expires_after.seconds",
            f"expected a number from {LEAST_KEPT_SECONDS} to {MOST_KEPT_SECONDS}",
        )
    return created_at + int(seconds)


def list_files(request: Request) -> Response:
    """List files, newest first unless `order` says otherwise."""
    page = premises_of(request).store.files(
        window(request.query_params, default=_LISTED), request.query_params.get("purpose")
    )
    return JSONResponse(listing(page, shapes.file, NO_ID))


def retrieve(request: Request) -> Response:
    """Show a file."""
    return JSONResponse(shapes.file(_found(request)))


def content(request: Request) -> Response:
    """Give a file's bytes back."""
    row = _found(request)
    return FileResponse(premises_of(request).store.file_path(row.id), media_type=BYTES)


def delete(request: Request) -> Response:
    """Delete a file."""
    file_id = request.path_params["file_id"]
    if not premises_of(request).store.forget_file(file_id):
        raise no_such_file(file_id)
    return JSONResponse(deleted(file_id, "file"))


def _found(request: Request) -> StoredFile:
    file_id = request.path_params["file_id"]
    row = premises_of(request).store.file(file_id)
    if row is None:
        raise no_such_file(file_id)
    return row


_FORM = {
    "type": "object",
    "required": ["file", "purpose"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "purpose": {"enum": list(PURPOSES)},
        "expires_after[anchor]": {"const": "created_at"},
        "expires_after[seconds]": {
            "type": "integer",
            "minimum": LEAST_KEPT_SECONDS,
            "maximum": MOST_KEPT_SECONDS,
        },
    },
}
_FILES, _FILE = "/files", "/files/{file_id}"

ENDPOINTS = (
    Endpoint(method="POST", path=_FILES, answer=upload, form=_FORM, gives=shapes.File),
    Endpoint(
        method="GET",
        path=_FILES,
        answer=list_files,
        gives=Listing[shapes.File],
        query=(
            AFTER,
            limit(MOST_LISTED),
            ORDER,
            Parameter(name="purpose", schema={"type": "string"}),
        ),
    ),
    Endpoint(method="GET", path=_FILE, answer=retrieve, gives=shapes.File),
    Endpoint(method="DELETE", path=_FILE, answer=delete, gives=Deleted),
    Endpoint(method="GET", path=f"{_FILE}/content", answer=content, media=(BYTES,)),
)
