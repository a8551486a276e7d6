"""A folder in `.ftops/staging/` for one copy, removed with it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ftops.errors import RecordError

STAGING: Final = ".ftops/staging"


@contextmanager
def staging_folder(root: Path) -> Iterator[Path]:
    """Yield a folder of this process' own; what a killed process left is removed first.

    Only apply stages, one at a time in a checkout, so folders of other processes are left-overs.
    """
    try:
        folder = _make_folder(root)
    except OSError as error:
        raise cannot_stage(error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cannot_stage(error: OSError) -> RecordError:
    """Return the error for a copy that cannot be made."""
    return RecordError(
        f"the training data cannot be copied into .ftops/staging/: {error.strerror}",
        hint="free the disk or make the folder writable, then run the same command again",
    )


def sweep_staging(root: Path) -> None:
    """Remove the copies of other processes: call it only where nobody else applies."""
    for stale in (root / STAGING).glob("*"):
        if not stale.name.startswith(_mine()):
            shutil.rmtree(stale, ignore_errors=True)


def _make_folder(root: Path) -> Path:
    (root / STAGING).mkdir(parents=True, exist_ok=True)
    sweep_staging(root)
    return Path(tempfile.mkdtemp(prefix=_mine(), dir=root / STAGING))


def _mine() -> str:
    return f"{os.getpid()}-"
