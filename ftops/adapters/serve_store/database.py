"""`.ftops/serve.db`: tokens by their hash, and what each used; nothing in it opens anything."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from ftops.core.access import Role, Token, Usage, Used
from ftops.core.names import Digest
from ftops.errors import RecordError

NAME: Final = "serve.db"
SCHEMA: Final = 1
_PATIENCE: Final = 5.0

_TABLES: Final = """
create table if not exists tokens (
  id text primary key, name text not null, role text not null, digest text not null,
  created_at text not null, expires_at text, revoked_at text, last_used_at text
) strict;
create table if not exists usage (
  month text not null, caller text not null, name text not null, model text not null,
  calls integer not null, prompt_tokens integer not null, completion_tokens integer not null,
  usd real not null, unpriced integer not null,
  primary key (month, caller, model)
) strict;
"""
_COUNT: Final = """
insert into usage values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (month, caller, model) do update set
  name = excluded.name, calls = calls + excluded.calls,
  prompt_tokens = prompt_tokens + excluded.prompt_tokens,
  completion_tokens = completion_tokens + excluded.completion_tokens,
  usd = usd + excluded.usd, unpriced = unpriced + excluded.unpriced
"""


class ServeDatabase:
    """The ports TokenStore and UsageStore; safe to use from several threads and processes.

    Raises RecordError where the file cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        with self._told():
            # Its hashes open nothing, but who may come in is nobody else's business.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            try:
                self._open()
            except BaseException:
                self._connection.close()
                raise

    def _open(self) -> None:
        (version,) = self._connection.execute("pragma user_version").fetchone()
        if version > SCHEMA:
            raise RecordError(
                f"{self._path.name} was written by a newer ftops (schema {version})",
                hint="serve with that version, or move the file away and make new tokens",
            )
        self._connection.execute("pragma journal_mode = wal")
        self._connection.executescript(f"{_TABLES} pragma user_version = {SCHEMA};")

    def tokens(self) -> tuple[Token, ...]:
        """Return every token, also those that no longer count, by age."""
        with self._told():
            rows = self._connection.execute("select * from tokens order by created_at, id")
            return tuple(_token(row) for row in rows.fetchall())

    def add(self, token: Token) -> None:
        """Keep a new token's hash."""
        row = (
            *(token.id, token.name, token.role.value, token.digest),
            *map(_text, (token.created_at, token.expires_at, token.revoked_at, token.last_used_at)),
        )
        with self._told():
            self._connection.execute("insert into tokens values (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def revoke(self, token_id: str, at: datetime) -> bool:
        """Let a token count no more; return whether it did until now."""
        with self._told():
            done = self._connection.execute(
                "update tokens set revoked_at = ? where id = ? and revoked_at is null",
                (_text(at), token_id),
            )
            return done.rowcount > 0

    def touch(self, token_id: str, at: datetime) -> None:
        """Remember when a token was used last."""
        with self._told():
            self._connection.execute(
                "update tokens set last_used_at = ? where id = ?", (_text(at), token_id)
            )

    def count(self, usage: Usage) -> None:
        """Add to what the caller used of the model in that month."""
        used = usage.used
        row = (
            *(usage.month, usage.caller, usage.name, usage.model),
            *(used.calls, used.prompt_tokens, used.completion_tokens, used.usd, used.unpriced),
        )
        with self._told():
            self._connection.execute(_COUNT, row)

    def usage(self, month: str) -> tuple[Usage, ...]:
        """Return what was used in that month, by caller and model."""
        with self._told():
            rows = self._connection.execute(
                "select * from usage where month = ? order by caller, model", (month,)
            )
            return tuple(_usage(row) for row in rows.fetchall())

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError) as error:
            raise RecordError(
                f"{self._path} cannot be used: {error}",
                hint="look at the disk and the file's rights; moved away, it is made anew, empty",
            ) from error


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _token(row: tuple[str, str, str, str, str, str | None, str | None, str | None]) -> Token:
    identity, name, role, digest, created_at, expires_at, revoked_at, last_used_at = row
    return Token(
        id=identity,
        name=name,
        role=Role(role),
        digest=Digest(digest),
        created_at=datetime.fromisoformat(created_at),
        expires_at=_moment(expires_at),
        revoked_at=_moment(revoked_at),
        last_used_at=_moment(last_used_at),
    )


def _usage(row: tuple[str, str, str, str, int, int, int, float, int]) -> Usage:
    month, caller, name, model, calls, asked, answered, usd, unpriced = row
    used = Used(
        calls=calls,
        prompt_tokens=asked,
        completion_tokens=answered,
        usd=usd,
        unpriced=unpriced,
    )
    return Usage(month=month, caller=caller, name=name, model=model, used=used)
