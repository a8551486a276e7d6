"""`Stamp`: what changes when a file does, and from when on it can be trusted to have changed."""

import os
from typing import Final, NamedTuple

OTHER_DISK_TICK: Final = 2_000_000_000
"""Another disk may keep times to two seconds only (FAT does)."""

Tick = tuple[int, int]
"""A disk and a time on its clock, in nanoseconds."""


class Stamp(NamedTuple):
    """What changes when a file does, as git's index keeps it."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


Stamps = tuple[Stamp, ...]


def stamp_of(about: os.stat_result) -> Stamp:
    """Return the stamp in what the system tells of a file."""
    return Stamp(about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


def are_settled(stamps: Stamps, since: Tick) -> bool:
    """Say whether the files are so old that an edit after that time must change their stamps."""
    disk, now = since
    return all(
        max(stamp.mtime_ns, stamp.ctime_ns) + (0 if stamp.device == disk else OTHER_DISK_TICK) < now
        for stamp in stamps
    )
