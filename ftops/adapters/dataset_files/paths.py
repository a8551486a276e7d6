"""From what a spec says to files that may be read: inside the project, regular, not empty."""

import os
import stat
from collections.abc import Iterator
from glob import glob, has_magic
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from ftops.cache.stamp import Stamp, stamp_of
from ftops.ports import ALONE, Readers

_ALLOW_OUTSIDE: Final = "move it into the project, or set allow_outside: true in ftops.yaml"

BUFFER: Final = 1 << 20

LARGE: Final = 20_000_000
"""Smaller files are read before anybody wonders."""

PROJECT: Final = "the folder of ftops.yaml"
HERE: Final = "the folder that you are in"


class PathRefusedError(Exception):
    """A path that cannot be used, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Found(NamedTuple):
    """One file: as people see it, from the project's root, where it really lies, and its stamp."""

    shown: str
    real: str
    stamp: Stamp


class _Real(NamedTuple):
    path: str
    is_inside: bool


class DataPaths:
    """Paths from one folder, in words `start`; they leave it only with `allow_outside`."""

    def __init__(
        self,
        root: Path,
        *,
        allow_outside: bool,
        readers: Readers = ALONE,
        start: str = PROJECT,
    ) -> None:
        self._root = str(root)
        self._start = start
        self._readers = readers
        self._real_root = Path(os.path.realpath(root))
        self._allow_outside = allow_outside
        self._folders: dict[str, _Real] = {}

    def find(self, written: str) -> Iterator[Found]:
        """Yield the file, or the glob's files in order; PathRefusedError if there is none."""
        shown = self._normal(written)
        if not has_magic(shown) or os.path.lexists(self._below_root(shown)):
            yield self._found(shown, shown)
            return
        # Path.glob would take hidden files, and `**` for folders alone.
        matches = sorted(glob(shown, root_dir=self._root, recursive=True))  # noqa: PTH207 - above
        files = [match for match in matches if not Path(self._root, match).is_dir()]
        if not files:
            raise PathRefusedError(
                f"{written} matches no file", hint=f"globs start at {self._start}"
            )
        for match in files:
            yield self.file(match)

    def file(self, shown: str) -> Found:
        """Return the file at a path without wildcards; PathRefusedError if it cannot be used."""
        return self._found(shown, self._normal(shown))

    def _found(self, shown: str, normal: str) -> Found:
        path = self._below_root(normal)
        try:
            real, about = self._resolve(path)
        except FileNotFoundError as error:
            raise PathRefusedError(
                f"{shown} does not exist", hint=self._nearest(Path(path))
            ) from error
        except OSError as error:
            raise PathRefusedError(f"{shown} cannot be read: {error.strerror}") from error
        if not self._allow_outside and not real.is_inside:
            raise PathRefusedError(
                f"{shown} leads out of the project by a symbolic link", hint=_ALLOW_OUTSIDE
            )
        _refuse_unusual(shown, about)
        return Found(shown=shown, real=real.path, stamp=stamp_of(about))

    def open(self, found: Found) -> BinaryIO:
        """Open the file that was found; no link put in its way meanwhile is followed."""
        folder, real = self._real_root, Path(found.real)
        if real.is_relative_to(folder):
            parts = real.relative_to(folder).parts
        else:
            folder, parts = real.parent, real.parts[-1:]
        try:
            descriptor = _open_below(folder, parts)
        except OSError as error:
            raise PathRefusedError(f"{found.shown} cannot be read: {error.strerror}") from error
        try:
            _refuse_unusual(found.shown, os.fstat(descriptor))
            return opened(descriptor, found.shown, found.stamp.size, self._readers)
        except BaseException:
            os.close(descriptor)
            raise

    def _below_root(self, normal: str) -> str:
        return os.path.join(self._root, normal)  # noqa: PTH118 - see _resolve

    def _resolve(self, path: str) -> tuple[_Real, os.stat_result]:
        """Return where the path leads; a plain file in a folder seen before costs one look.

        Thousands of them are resolved for one plan, at a tenth of what pathlib takes.
        """
        above, name = os.path.split(path)
        folder = self._folders.get(above)
        if folder is None:
            folder = self._folders[above] = self._follow(above)
        real = _Real(f"{folder.path.rstrip('/')}/{name}", folder.is_inside)
        about = os.lstat(real.path)
        if not stat.S_ISLNK(about.st_mode):
            return real, about
        real = self._follow(real.path)
        return real, os.lstat(real.path)

    def _follow(self, path: str) -> _Real:
        real = os.path.realpath(path, strict=True)
        return _Real(real, Path(real).is_relative_to(self._real_root))

    def _normal(self, written: str) -> str:
        if "\0" in written:
            raise PathRefusedError(f"{written!r} is no path: it has a NUL character")
        if self._allow_outside:
            return os.path.normpath(Path(written).expanduser())
        normal = os.path.normpath(written)
        if normal.startswith(("/", "~", "../")) or normal == "..":
            raise PathRefusedError(f"{written} leads out of the project", hint=_ALLOW_OUTSIDE)
        return normal

    def _nearest(self, path: Path) -> str:
        import difflib  # noqa: PLC0415 - only for what is not there

        folder = path.parent
        if path.is_symlink():
            return f"it is a symbolic link to {path.readlink()}, and nothing is there"
        try:
            # What files have in common is mostly their suffix.
            names = {each.name.partition(".")[0]: each.name for each in sorted(folder.iterdir())}
        except OSError:
            return f"there is no folder {folder.name}/ either"
        close = difflib.get_close_matches(path.name.partition(".")[0], names, n=1)
        if close:
            return f"did you mean {names[close[0]]}?"
        return f"paths start at {self._start}"


def _open_below(folder: Path, parts: tuple[str, ...]) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts:
        kind = os.O_NONBLOCK if part is parts[-1] else os.O_DIRECTORY
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind
        try:
            below = os.open(part, flags, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor


def _refuse_unusual(shown: str, about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        if stat.S_ISDIR(about.st_mode):
            raise PathRefusedError(f"{shown} is a folder", hint=f"name its files: {shown}/*.jsonl")
        raise PathRefusedError(
            f"{shown} is no regular file, but a pipe, socket or device",
            hint="write what comes out of it into a file, and name that",
        )
    if about.st_size == 0:
        raise PathRefusedError(f"{shown} is empty", hint="put one JSON object on each line")


def opened(descriptor: int, shown: str, size: int, readers: Readers) -> BinaryIO:
    """Return the file of a descriptor; a large one tells how far it is read."""
    if size <= LARGE:
        return os.fdopen(descriptor, "rb", buffering=BUFFER)
    # Processes and threads are for few files, and 20 ms to load.
    from ftops.adapters.dataset_files.large_file import open_large  # noqa: PLC0415 - see above

    return open_large(descriptor, shown, size, readers)
