"""One SQLite file in WAL mode, shared by the server's threads through one connection and a lock."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 2

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS files (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, purpose TEXT NOT NULL,
  expires_at INTEGER, doc TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
  metadata TEXT, doc TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, seq);
CREATE TABLE IF NOT EXISTS job_keys (
  key TEXT PRIMARY KEY, digest TEXT NOT NULL, job_id TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL,
  step INTEGER, doc TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS events_by_job ON events (job_id, seq);
CREATE UNIQUE INDEX IF NOT EXISTS one_event_per_step ON events (job_id, step)
  WHERE step IS NOT NULL;
CREATE TABLE IF NOT EXISTS checkpoints (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL,
  step INTEGER NOT NULL, doc TEXT NOT NULL, UNIQUE (job_id, step)) STRICT;
CREATE TABLE IF NOT EXISTS models (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL,
  doc TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS permissions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, checkpoint TEXT NOT NULL,
  project_id TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (checkpoint, project_id)) STRICT;
CREATE TABLE IF NOT EXISTS uploads (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
  expires_at INTEGER NOT NULL, doc TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS parts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, upload_id TEXT NOT NULL,
  doc TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS completions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, model TEXT NOT NULL,
  created_at INTEGER NOT NULL, metadata TEXT, doc TEXT NOT NULL) STRICT;
"""


class StoreTooNewError(Exception):
    """A later ftops wrote this store."""


class Database:
    """Short statements under one lock; a transaction is durable when it returns."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Open the file and create what is missing; only `reading`, change nothing."""
        self._lock = threading.RLock()
        place = f"{path.resolve().as_uri()}?mode={'ro' if reading else 'rwc'}"
        self._connection = sqlite3.connect(
            place, uri=True, timeout=30, isolation_level=None, check_same_thread=False
        )
        try:
            self._refuse_a_later_one(path)
            if not reading:
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A job answered with an id must survive the machine losing power right after.
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_SCHEMA)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _refuse_a_later_one(self, path: Path) -> None:
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA_VERSION:
            raise StoreTooNewError(
                f"{path} has schema {found}; this ftops knows up to {SCHEMA_VERSION}"
            )

    def close(self) -> None:
        """Close the file; nothing may follow."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing; a transaction inside another joins it."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount
