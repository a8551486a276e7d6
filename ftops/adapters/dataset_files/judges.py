"""Who judged: everything whose change may change what a check finds in the very same bytes."""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import ftops.core
import ftops.dataset
from ftops.dataset.vocabulary import vocabulary_stamp
from ftops.version import __version__

OURS: Final = (*ftops.core.__path__, *ftops.dataset.__path__, str(Path(__file__).parent))
_LIBRARIES: Final = ("msgspec", "stdnum")


@cache
def judges() -> str:
    """Return a digest of this ftops, its checks as they are on disk, and what they are built on.

    Where those cannot be looked at (in a zip file, say) nobody else is ever the same.
    """
    try:
        return judges_in(OURS)
    except OSError:
        return os.urandom(16).hex()


def judges_in(folders: tuple[str, ...]) -> str:
    """Return the same for checks that lie in these folders; OSError if they do not."""
    libraries = map(installed, _LIBRARIES)
    seen = (__version__, sys.version, vocabulary_stamp(), *libraries, *_files(folders))
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def installed(library: str) -> tuple[str, int, int] | None:
    """Return what changes when another release is installed, without importing it."""
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        return None
    about = Path(spec.origin).stat()
    return spec.origin, about.st_size, about.st_mtime_ns


def _files(folders: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    for folder in sorted(folders):
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name.endswith(".py"):
                about = entry.stat()
                yield entry.path, about.st_size, about.st_mtime_ns
        yield from _files(tuple(entry.path for entry in found if entry.is_dir()))
