"""Who judged: everything whose change may change what a check finds in the very same bytes."""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

import ftops.dataset
from ftops.dataset.vocabulary import vocabulary_stamp
from ftops.version import __version__

_OURS: Final = (*ftops.dataset.__path__, str(Path(__file__).parent))


@cache
def judges() -> str:
    """Return a digest of this ftops, its checks as they are on disk, and what they are built on."""
    seen = (__version__, sys.version, msgspec.__version__, vocabulary_stamp(), *_files(_OURS))
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def _files(folders: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    for folder in sorted(folders):
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name.endswith(".py"):
                about = entry.stat()
                yield entry.path, about.st_size, about.st_mtime_ns
        yield from _files(tuple(entry.path for entry in found if entry.is_dir()))
