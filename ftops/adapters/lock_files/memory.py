"""Locks as they were read before, each believed while its file is the same one."""

from pathlib import Path
from typing import Final

import ftops.cache
import ftops.core
from ftops.cache.index_file import IndexFile
from ftops.cache.makers import makers
from ftops.cache.stat_cache import StatCache
from ftops.core.lock import Lock

INDEX: Final = "locks"
_OURS: Final = (*ftops.cache.__path__, *ftops.core.__path__, str(Path(__file__).parent))
_LIBRARIES: Final = ("msgspec", "pydantic", "yaml")


def lock_memory(folder: Path) -> StatCache[Lock]:
    """Return the memory of locks that lies in a folder."""
    return StatCache(IndexFile(folder, INDEX), makers(_OURS, _LIBRARIES), Lock)
