"""Folders as tar files on their way between machines."""

import os
import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath


class ArchiveError(ValueError):
    """The archive is torn, or holds what no folder of ours does."""


def pack(folder: Path, names: Iterable[str], out: Path) -> None:
    """Write these files and folders into a tar file."""
    with tarfile.open(out, "w") as archive:
        for name in names:
            archive.add(folder / name, arcname=name)


def unpack(archive: Path, into: Path) -> None:
    """Write an archive's files and folders below an empty folder, and all of it on disk.

    Anything but plain files and folders below it is refused: links could lead elsewhere.
    """
    try:
        with tarfile.open(archive, "r:") as opened:
            for member in opened:
                _unpack_member(opened, member, into)
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveError(f"the archive cannot be read: {error}") from error


def _unpack_member(opened: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    parts = PurePosixPath(member.name).parts
    if not parts or ".." in parts or parts[0] == "/":
        raise ArchiveError(f"{member.name!r} does not lie in the folder")
    path = into.joinpath(*parts)
    content = opened.extractfile(member) if member.isfile() else None
    if content is None:
        if not member.isdir():
            raise ArchiveError(f"{member.name!r} is neither a file nor a folder")
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("wb") as stream:
        shutil.copyfileobj(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
