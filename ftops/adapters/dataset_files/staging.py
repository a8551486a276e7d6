"""A folder in `.ftops/staging/` for one copy, removed with it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ftops.errors import RecordError


@contextmanager
def staging_folder(root: Path) -> Iterator[Path]:
    """Yield a folder of this process' own; what a killed process left is removed first.

    Only apply stages, one at a time in a checkout, so folders of other processes are left-overs.
    """
    try:
        folder = _make_folder(root / ".ftops" / "staging")
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


def _make_folder(staging: Path) -> Path:
    mine = f"{os.getpid()}-"
    staging.mkdir(parents=True, exist_ok=True)
    for stale in staging.iterdir():
        if not stale.name.startswith(mine):
            shutil.rmtree(stale, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=mine, dir=staging))
