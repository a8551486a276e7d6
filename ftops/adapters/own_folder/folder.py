"""Make `.ftops/`, ignored by git whatever the project's own `.gitignore` says."""

import os
from pathlib import Path
from typing import Final
from uuid import uuid4

from ftops.errors import RecordError

OWN_FOLDER: Final = ".ftops"
ASIDE: Final = ".ftops-tmp-"
_BLOCK: Final = 4096


def make_own_folder(root: Path) -> Path:
    """Return the project's `.ftops/`, made if it was not there; RecordError if it cannot be."""
    folder = root / OWN_FOLDER
    ignore = folder / ".gitignore"
    try:
        # One that is empty was left by a disk that was full, and would ignore nothing.
        if not ignore.is_file() or not ignore.stat().st_size:
            folder.mkdir(exist_ok=True)
            ignore.write_text("*\n", encoding="utf-8")
            sync_folder(root)
    except OSError as error:
        raise RecordError(
            f"{OWN_FOLDER}/ cannot be made: {error.strerror}",
            hint=f"make {root} writable; ftops starts no job that it could not remember",
        ) from error
    return folder


def try_folder(folder: Path) -> None:
    """Write and remove a file as large as a block; OSError if the folder takes none.

    What a killed run left of its own try goes too, so call it only where nobody else tries.
    """
    for stale in folder.glob(f"{ASIDE}*"):
        stale.unlink(missing_ok=True)
    aside = folder / f"{ASIDE}{uuid4().hex}"
    try:
        with aside.open("xb") as stream:
            stream.write(b"\n" * _BLOCK)
            stream.flush()
            os.fsync(stream.fileno())
    finally:
        aside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Put the folder's own entries on disk: a new file's name is not durable before."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, text: bytes) -> None:
    """Write every byte, in as many pieces as the system takes."""
    while text:
        text = text[os.write(descriptor, text) :]
