"""Committed contents of a lock, and the models they name."""

from dataclasses import dataclass
from datetime import datetime

from ftops.core.lock import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One committed content of a file; `content` is None where a commit removed it."""

    commit: str
    committed_at: datetime
    author: str
    subject: str
    content: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One committed lock; `lock` is None where a commit removed it or left it unreadable."""

    version: Version
    lock: Lock | None
