"""Write a file whole or not at all: aside, synced, renamed."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

ASIDE: Final = ".ftops-tmp-"
"""What a name starts with until its file is whole; a crash may leave one, the next run sweeps."""


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file; after any failure the old one is still there, untouched."""
    aside = _write_aside(path.parent, content)
    try:
        aside.replace(path)
    except OSError:
        aside.unlink()
        raise
    sync_folder(path.parent)


def try_folder(folder: Path) -> None:
    """Write and remove a file; OSError if the folder takes none."""
    _write_aside(folder, b"ftops writes here before it spends\n").unlink()


def sweep(folder: Path) -> None:
    """Remove what a crash left aside; call it only where nobody else writes."""
    for stale in folder.glob(f"{ASIDE}*"):
        stale.unlink(missing_ok=True)


def sweep_below(folder: Path) -> None:
    """Remove what a crash left aside anywhere below; a folder that takes no writes keeps it."""
    for stale in folder.rglob(f"{ASIDE}*"):
        with suppress(OSError):
            stale.unlink()


def sync_folder(folder: Path) -> None:
    """Put the folder's own entries on disk: a new file's name is not durable before."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_aside(folder: Path, content: bytes) -> Path:
    aside = folder / f"{ASIDE}{uuid4().hex}"
    try:
        with aside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise
    return aside
