"""The server's memory: one SQLite file and a folder, held by one server at a time."""

import fcntl
import os
import shutil
from pathlib import Path

from ftops.trainer import ids, surroundings
from ftops.trainer.durable import sync
from ftops.trainer.store.database import Database
from ftops.trainer.store.jobs_table import Jobs
from ftops.trainer.store.records import (
    Checkpoint,
    Permission,
    StoredCompletion,
    StoredFile,
    TunedModel,
)
from ftops.trainer.store.table import Page, Table, Where, Window
from ftops.trainer.store.uploads_table import Uploads

DATABASE = "ftops.sqlite"
COMPLETION_SECONDS = 30 * 24 * 3600
_LOCK_PAUSE_SECONDS = 0.05


class StoreBusyError(Exception):
    """Another server holds this store."""


class Store:
    """Everything the server remembers; safe to use from many threads."""

    def __init__(self, root: Path, *, patience: float = 0.0) -> None:
        """Take the folder for ourselves, creating it if need be, once who holds it lets go."""
        self.root = root.resolve()
        self.files_folder = self.root / "files"
        self.incoming_folder = self.root / "incoming"
        self.jobs_folder = self.root / "jobs"
        uploads = self.root / "uploads"
        for folder in (
            self.root,
            self.files_folder,
            self.incoming_folder,
            self.jobs_folder,
            uploads,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _take(self.root / "store.lock", patience)
        try:
            self._database = Database(self.root / DATABASE)
        except BaseException:
            os.close(self._lock)
            raise
        self._files = Table(self._database, "files", StoredFile, ("purpose", "expires_at"))
        self.uploads = Uploads(self._database, uploads)
        self.jobs = Jobs(self._database)
        self.checkpoints = Table(self._database, "checkpoints", Checkpoint, ("job_id", "step"))
        self.models = Table(self._database, "models", TunedModel, ("job_id",))
        self.permissions = Table(
            self._database, "permissions", Permission, ("checkpoint", "project_id")
        )
        self.completions = Table(
            self._database, "completions", StoredCompletion, ("model", "created_at", "metadata")
        )
        self.transaction = self._database.transaction
        self.id = self._own_id()
        self._drop_leftovers()

    def close(self) -> None:
        """Let the store go."""
        self._database.close()
        os.close(self._lock)

    def file_path(self, file_id: str) -> Path:
        """Say where the bytes of a stored file lie."""
        return self.files_folder / file_id

    def keep_file(self, row: StoredFile, staged: Path) -> None:
        """Make a received file part of the store; `staged` lies on the same disk."""
        with staged.open("rb") as stream:
            os.fsync(stream.fileno())
        with self._database.transaction():
            staged.replace(self.file_path(row.id))
            sync(self.files_folder)
            self._files.add(row)

    def file(self, file_id: str) -> StoredFile | None:
        """Return a file that has not expired."""
        row = self._files.get(file_id)
        return None if row is None or _has_expired(row) else row

    def files(self, window: Window, purpose: str | None) -> Page[StoredFile]:
        """List files that have not expired."""
        text, values = "(expires_at IS NULL OR expires_at > ?)", (surroundings.now(),)
        if purpose is None:
            return self._files.page(window, Where(text=text, values=values))
        return self._files.page(
            window, Where(text=f"{text} AND purpose = ?", values=(*values, purpose))
        )

    def forget_file(self, file_id: str) -> bool:
        """Delete a file; False says that there was none."""
        there = self.file(file_id) is not None
        with self._database.transaction():
            self._files.remove(Where(text="id = ?", values=(file_id,)))
        self.file_path(file_id).unlink(missing_ok=True)
        return there

    def forget_model(self, model: TunedModel) -> None:
        """Delete a model; its weights go unless another model answers from them."""
        with self._database.transaction():
            self.models.remove(Where(text="id = ?", values=(model.id,)))
            self.permissions.remove(Where(text="checkpoint = ?", values=(model.id,)))
            shared = any(other.folder == model.folder for other in self.models_of(model.job_id))
        if not shared:
            shutil.rmtree(self.root / model.folder, ignore_errors=True)

    def models_of(self, job_id: str) -> tuple[TunedModel, ...]:
        """Return the models a job made, checkpoints included."""
        return self.models.all(Where(text="job_id = ?", values=(job_id,)))

    def forget_expired(self) -> None:
        """Delete what was to be kept no longer: files, half uploads, old stored completions."""
        now = surroundings.now()
        for row in self._files.all(Where(text="expires_at <= ?", values=(now,))):
            self.forget_file(row.id)
        self.uploads.drop_parts_of_ended()
        old = Where(text="created_at <= ?", values=(now - COMPLETION_SECONDS,))
        self.completions.remove(old)

    def _drop_leftovers(self) -> None:
        """Delete bytes that nobody was told of: their server died before it could."""
        for leftover in self.incoming_folder.iterdir():
            leftover.unlink()
        for path in self.files_folder.iterdir():
            if self._files.get(path.name) is None:
                path.unlink()

    def _own_id(self) -> str:
        with self._database.transaction():
            self._database.change(
                "INSERT OR IGNORE INTO meta VALUES ('store_id', ?)", (ids.random_word(),)
            )
            ((found,),) = self._database.rows("SELECT value FROM meta WHERE name = 'store_id'")
        return str(found)


def _has_expired(row: StoredFile) -> bool:
    return row.expires_at is not None and row.expires_at <= surroundings.now()


def _take(path: Path, patience: float) -> int:
    deadline = surroundings.monotonic() + patience
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if surroundings.monotonic() < deadline:
                surroundings.sleep(_LOCK_PAUSE_SECONDS)
                continue
            os.close(lock)
            raise StoreBusyError(f"another training server holds {path.parent}") from None
        return lock
