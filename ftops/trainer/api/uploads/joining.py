"""From parts to one file: in the order asked for, as long as declared, and with the right sum."""

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ftops.trainer import ids, surroundings
from ftops.trainer.api.problems import RefusalError
from ftops.trainer.api.uploads.requests import CompleteUpload
from ftops.trainer.store.records import StoredFile, Upload, UploadPart, UploadStatus
from ftops.trainer.store.store import Store
from ftops.trainer.store.uploads_table import UploadEndedError

_CHUNK_BYTES = 1 << 20


def complete_upload(
    store: Store, upload: Upload, asked: CompleteUpload
) -> tuple[Upload, StoredFile]:
    """Make the file, or refuse and leave the upload as it was."""
    parts = _wanted(store, upload, asked.part_ids)
    total = sum(part.bytes for part in parts)
    if total != upload.bytes:
        raise RefusalError(
            400,
            f"The parts have {total} bytes together; the upload was declared with {upload.bytes}.",
            param="part_ids",
            code="invalid_upload_size",
        )
    with tempfile.NamedTemporaryFile(dir=store.incoming_folder, delete=False) as stream:
        staged = Path(stream.name)
        try:
            found = _join(store, parts, stream)
            stream.flush()
            if asked.md5 is not None and asked.md5.lower() != found:
                raise RefusalError(
                    400,
                    f"The parts' md5 is {found}, not {asked.md5}.",
                    param="md5",
                    code="checksum_mismatch",
                )
            return _keep(store, upload, staged)
        except FileNotFoundError:
            # Another completion was faster and took the parts away.
            raise ended(upload.id, UploadStatus.COMPLETED) from None
        finally:
            staged.unlink(missing_ok=True)


def ended(upload_id: str, status: UploadStatus) -> RefusalError:
    """Say that an upload takes nothing any more."""
    return RefusalError(
        400, f"Upload {upload_id} is {status}.", param="upload_id", code="invalid_upload_status"
    )


def _wanted(store: Store, upload: Upload, part_ids: Sequence[str]) -> list[UploadPart]:
    there = store.uploads.parts(upload.id)
    unknown = [part_id for part_id in part_ids if part_id not in there]
    if unknown:
        raise RefusalError(
            400,
            f"Upload {upload.id} has no part {unknown[0]}.",
            param="part_ids",
            code="part_not_found",
        )
    return [there[part_id] for part_id in part_ids]


def _join(store: Store, parts: Sequence[UploadPart], stream: IO[bytes]) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    for part in parts:
        with store.uploads.part_path(part).open("rb") as source:
            while chunk := source.read(_CHUNK_BYTES):
                md5.update(chunk)
                stream.write(chunk)
    return md5.hexdigest()


def _keep(store: Store, upload: Upload, staged: Path) -> tuple[Upload, StoredFile]:
    created_at = surroundings.now()
    kept = upload.kept_seconds
    row = StoredFile(
        id=ids.file_id(),
        bytes=upload.bytes,
        created_at=created_at,
        filename=upload.filename,
        purpose=upload.purpose,
        expires_at=None if kept is None else created_at + kept,
    )
    try:
        with store.transaction():
            done = store.uploads.end(upload, UploadStatus.COMPLETED, file_id=row.id)
            store.keep_file(row, staged)
    except UploadEndedError as error:
        raise ended(upload.id, error.status) from None
    store.uploads.drop_parts_of_ended()
    return done, row
