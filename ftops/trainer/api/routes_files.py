"""`/v1/files`."""

from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ftops.trainer import ids, surroundings
from ftops.trainer.api import shapes
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import RefusalError, no_such_file
from ftops.trainer.api.receive import Received, receive_form, too_large
from ftops.trainer.api.requests import window
from ftops.trainer.store.records import StoredFile

_PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
_LISTED = 10_000
_FORM_BYTES = 64 * 1024
_EXPIRY_BOUNDS = (3600, 2592000)


async def upload(request: Request) -> Response:
    """Take a file in."""
    premises = premises_of(request)
    most = premises.settings.max_file_bytes
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most + _FORM_BYTES:
        raise too_large(most)
    received = await receive_form(
        _chunks(request),
        request.headers.get("content-type", ""),
        premises.store.incoming_folder,
        most,
    )
    try:
        row = await run_in_threadpool(_keep, premises, received)
    finally:
        received.path.unlink(missing_ok=True)
    return JSONResponse(shapes.file(row))


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        # The form then ends too early, which is refused; nobody is left to read the answer.
        return


def _keep(premises: Premises, received: Received) -> StoredFile:
    if received.filename is None:
        raise RefusalError(
            400,
            "Missing required parameter: 'file'.",
            param="file",
            code="missing_required_parameter",
        )
    created_at = surroundings.now()
    row = StoredFile(
        id=ids.file_id(),
        bytes=received.size,
        created_at=created_at,
        filename=received.filename,
        purpose=_purpose(received.fields.get("purpose"), received.filename),
        expires_at=_expiry(received, created_at),
    )
    premises.store.keep_file(row, received.path)
    return row


def _purpose(purpose: str | None, filename: str) -> str:
    if not purpose:
        raise RefusalError(
            400,
            "Missing required parameter: 'purpose'.",
            param="purpose",
            code="missing_required_parameter",
        )
    if purpose not in _PURPOSES:
        raise RefusalError(
            400,
            f"'{purpose}' is not one of {list(_PURPOSES)} - 'purpose'",
            param="purpose",
            code="invalid_value",
        )
    if purpose == "fine-tune" and not filename.endswith(".jsonl"):
        raise RefusalError(
            400,
            f"Invalid file name '{filename}' for purpose 'fine-tune': a .jsonl file is expected.",
            param="file",
            code="invalid_file_format",
        )
    return purpose


def _expiry(received: Received, created_at: int) -> int | None:
    seconds = received.fields.get("expires_after[seconds]")
    if seconds is None:
        return None
    least, most = _EXPIRY_BOUNDS
    if not seconds.isdigit() or not least <= int(seconds) <= most:
        raise RefusalError(
            400,
            f"Invalid 'expires_after.seconds': expected a number from {least} to {most}.",
            param="expires_after.seconds",
            code="invalid_value",
        )
    return created_at + int(seconds)


def list_files(request: Request) -> Response:
    """List files."""
    page = premises_of(request).store.files(
        window(request.query_params, default=_LISTED), request.query_params.get("purpose")
    )
    return JSONResponse(shapes.listing(page, shapes.file))


def retrieve(request: Request) -> Response:
    """Show a file."""
    return JSONResponse(shapes.file(_found(request)))


def content(request: Request) -> Response:
    """Give a file's bytes back."""
    row = _found(request)
    return FileResponse(
        premises_of(request).store.file_path(row.id), media_type="application/octet-stream"
    )


def delete(request: Request) -> Response:
    """Delete a file."""
    file_id = request.path_params["file_id"]
    if not premises_of(request).store.forget_file(file_id):
        raise no_such_file(file_id)
    return JSONResponse(shapes.deleted(file_id, "file"))


def _found(request: Request) -> StoredFile:
    file_id = request.path_params["file_id"]
    row = premises_of(request).store.file(file_id)
    if row is None:
        raise no_such_file(file_id)
    return row


ROUTES = (
    Route("/files", upload, methods=["POST"]),
    Route("/files", list_files, methods=["GET"]),
    Route("/files/{file_id}", retrieve, methods=["GET"]),
    Route("/files/{file_id}", delete, methods=["DELETE"]),
    Route("/files/{file_id}/content", content, methods=["GET"]),
)
