"""`/v1/uploads`."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops.trainer import ids, surroundings
from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.endpoint import Endpoint
from ftops.trainer.api.files.terms import check_filename
from ftops.trainer.api.parsing import parse
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import missing, no_such_upload
from ftops.trainer.api.receive import Received, receive_form
from ftops.trainer.api.uploads import shapes
from ftops.trainer.api.uploads.joining import complete_upload, ended
from ftops.trainer.api.uploads.requests import CompleteUpload, NewUpload
from ftops.trainer.store.records import Upload, UploadPart, UploadStatus
from ftops.trainer.store.uploads_table import UploadEndedError

MAX_PART_BYTES: Final = 64 * 1024 * 1024
LIFE_SECONDS: Final = 3600


async def create(request: Request) -> Response:
    """Begin an upload, which has an hour to be completed."""
    asked = parse(await read_body(request), NewUpload)
    check_filename(asked.filename, asked.purpose)
    created_at = surroundings.now()
    row = Upload(
        id=ids.upload_id(),
        created_at=created_at,
        expires_at=created_at + LIFE_SECONDS,
        bytes=asked.bytes,
        filename=asked.filename,
        purpose=asked.purpose,
        kept_seconds=asked.expires_after.seconds if asked.expires_after else None,
    )
    await run_in_threadpool(premises_of(request).store.uploads.create, row)
    return JSONResponse(shapes.upload(row))


async def add_part(request: Request) -> Response:
    """Take a part in, at most 64 MB."""
    premises = premises_of(request)
    upload = await run_in_threadpool(_pending, request)
    received = await receive_form(request, premises.store.incoming_folder, "data", MAX_PART_BYTES)
    try:
        row = await run_in_threadpool(_keep_part, premises, upload, received)
    finally:
        received.path.unlink(missing_ok=True)
    return JSONResponse(shapes.part(row))


def _keep_part(premises: Premises, upload: Upload, received: Received) -> UploadPart:
    if received.filename is None:
        raise missing("data")
    row = UploadPart(
        id=ids.part_id(),
        upload_id=upload.id,
        created_at=surroundings.now(),
        bytes=received.size,
    )
    try:
        premises.store.uploads.keep_part(row, received.path)
    except UploadEndedError as error:
        raise ended(upload.id, error.status) from None
    return row


async def complete(request: Request) -> Response:
    """Join the parts in the order given into one file."""
    asked = parse(await read_body(request), CompleteUpload)
    return await run_in_threadpool(_complete, request, asked)


def _complete(request: Request, asked: CompleteUpload) -> Response:
    upload = _pending(request)
    done, made = complete_upload(premises_of(request).store, upload, asked)
    return JSONResponse(shapes.upload(done, made))


def cancel(request: Request) -> Response:
    """End an upload without a file."""
    store, upload = premises_of(request).store, _pending(request)
    try:
        cancelled = store.uploads.end(upload, UploadStatus.CANCELLED)
    except UploadEndedError as error:
        raise ended(upload.id, error.status) from None
    store.uploads.drop_parts_of_ended()
    return JSONResponse(shapes.upload(cancelled))


def _pending(request: Request) -> Upload:
    upload_id = request.path_params["upload_id"]
    try:
        return premises_of(request).store.uploads.pending(upload_id)
    except LookupError:
        raise no_such_upload(upload_id) from None
    except UploadEndedError as error:
        raise ended(upload_id, error.status) from None


_PART_FORM = {
    "type": "object",
    "required": ["data"],
    "properties": {"data": {"type": "string", "format": "binary"}},
}
_ONE = "/uploads/{upload_id}"

ENDPOINTS = (
    Endpoint(method="POST", path="/uploads", answer=create, takes=NewUpload, gives=shapes.Upload),
    Endpoint(
        method="POST",
        path=f"{_ONE}/parts",
        answer=add_part,
        form=_PART_FORM,
        gives=shapes.UploadPart,
    ),
    Endpoint(
        method="POST",
        path=f"{_ONE}/complete",
        answer=complete,
        takes=CompleteUpload,
        gives=shapes.Upload,
    ),
    Endpoint(method="POST", path=f"{_ONE}/cancel", answer=cancel, gives=shapes.Upload),
)
