"""Files in parts in the store: they arrive in any order, and become one file or nothing."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from ftops.trainer import surroundings
from ftops.trainer.store.database import Database
from ftops.trainer.store.records import Upload, UploadPart, UploadStatus
from ftops.trainer.store.table import Table, Where

_PENDING = UploadStatus.PENDING


class UploadEndedError(Exception):
    """The upload is no longer pending."""

    def __init__(self, status: UploadStatus) -> None:
        """Say what it is."""
        super().__init__(f"an upload that is {status} takes nothing")
        self.status = status


class Uploads:
    """The tables of uploads and of their parts, and the folder the parts' bytes lie in."""

    def __init__(self, database: Database, folder: Path) -> None:
        """Use this database and this folder."""
        self._database = database
        self._folder = folder
        self._uploads = Table(database, "uploads", Upload, ("status", "expires_at"))
        self._parts = Table(database, "parts", UploadPart, ("upload_id",))

    def create(self, upload: Upload) -> None:
        """Begin an upload."""
        self._uploads.add(upload)

    def get(self, upload_id: str) -> Upload | None:
        """Return an upload as it stands now."""
        row = self._uploads.get(upload_id)
        if row is None or row.status is not _PENDING or row.expires_at > surroundings.now():
            return row
        return replace(row, status=UploadStatus.EXPIRED)

    def pending(self, upload_id: str) -> Upload:
        """Return an upload that takes more, or raise `UploadEndedError`."""
        row = self.get(upload_id)
        if row is None:
            raise LookupError(upload_id)
        if row.status is not _PENDING:
            raise UploadEndedError(row.status)
        return row

    def parts(self, upload_id: str) -> dict[str, UploadPart]:
        """Return the parts that have arrived, by their ids."""
        found = self._parts.all(Where(text="upload_id = ?", values=(upload_id,)))
        return {part.id: part for part in found}

    def part_path(self, part: UploadPart) -> Path:
        """Say where a part's bytes lie."""
        return self._folder / part.upload_id / part.id

    def keep_part(self, part: UploadPart, staged: Path) -> None:
        """Make received bytes a part; `staged` lies on the same disk."""
        with staged.open("rb") as stream:
            os.fsync(stream.fileno())
        with self._database.transaction():
            self.pending(part.upload_id)
            path = self.part_path(part)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            staged.replace(path)
            self._parts.add(part)

    def end(self, upload: Upload, status: UploadStatus, *, file_id: str | None = None) -> Upload:
        """End a pending upload; its parts go."""
        with self._database.transaction():
            ended = replace(self.pending(upload.id), status=status, file_id=file_id)
            self._uploads.put(ended)
            self._parts.remove(Where(text="upload_id = ?", values=(upload.id,)))
        return ended

    def drop_parts_of_ended(self) -> None:
        """Let expired uploads end, and delete the bytes of all that have ended."""
        now = surroundings.now()
        for late in self._uploads.all(
            Where(text="status = ? AND expires_at <= ?", values=(_PENDING, now))
        ):
            with self._database.transaction():
                self._uploads.put(replace(late, status=UploadStatus.EXPIRED))
                self._parts.remove(Where(text="upload_id = ?", values=(late.id,)))
        for folder in self._folder.iterdir():
            row = self.get(folder.name)
            if row is None or row.status is not _PENDING:
                shutil.rmtree(folder, ignore_errors=True)
