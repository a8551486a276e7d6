"""Wait until a file is older than what comes, by the clock of the disk it lies on."""

from pathlib import Path

from ftops.cache.index_file import IndexFile


def settle(folder: Path, *paths: Path) -> None:
    """Wait for the disk's next tick; `folder` is where a cache of those files lies."""
    abouts = [path.lstat() for path in paths]
    newest = max(max(about.st_mtime_ns, about.st_ctime_ns) for about in abouts)
    index = IndexFile(folder, "ticks")
    while (index.tick() or (0, 0))[1] <= newest:
        pass
