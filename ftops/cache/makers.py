"""Who made what is remembered: everything whose change may change what the same bytes mean."""

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from ftops.version import __version__


def makers(folders: Sequence[str], libraries: Sequence[str], *more: str) -> str:
    """Return a digest of this ftops, its code in these folders as it is on disk, and libraries.

    Where those cannot be looked at (in a zip file, say) nobody else is ever the same.
    """
    try:
        seen = (__version__, sys.version, *more, *map(installed, libraries), *_files(folders))
    except OSError:
        return os.urandom(16).hex()
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def installed(library: str) -> tuple[str, int, int] | None:
    """Return what changes when another release is installed, without importing it."""
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        return None
    about = Path(spec.origin).stat()
    return spec.origin, about.st_size, about.st_mtime_ns


def _files(folders: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    for folder in sorted(folders):
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            if entry.name.endswith(".py"):
                about = entry.stat()
                yield entry.path, about.st_size, about.st_mtime_ns
        yield from _files([entry.path for entry in found if entry.is_dir()])
