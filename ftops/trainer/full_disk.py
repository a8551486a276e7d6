"""A full disk, recognised in whatever raised it: it passes, so nothing may be given up for it."""

import errno
import sqlite3
from pathlib import Path

from ftops.trainer import surroundings

LEAST_FREE_BYTES = 4 * 1024 * 1024

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_meant_by(error: BaseException) -> bool:
    """Say whether this error means that nothing more could be written."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in _FULL


def is_near(folder: Path) -> bool:
    """Say whether so little is free that a worker may have died of it without a word."""
    return surroundings.free_bytes(folder) < LEAST_FREE_BYTES
