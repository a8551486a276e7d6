"""Name the place that this checkout's file lock guards: one file on one running machine."""

from pathlib import Path
from typing import Final

from ftops.adapters.own_folder.folder import OWN_FOLDER
from ftops.adapters.own_folder.run_lock import LOCK

BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def seat(root: Path, boot: Path = BOOT) -> str | None:
    """Return the seat of whoever holds the checkout's lock, or None where machines have no name.

    The same file of the same running kernel is the same lock, so two processes that read the same
    seat there cannot both be alive and hold it. After a restart the name is another.
    """
    try:
        about = (root / OWN_FOLDER / LOCK).stat()
        return f"{boot.read_text(encoding='ascii').strip()}:{about.st_dev}:{about.st_ino}"
    except OSError:
        return None
