"""Which files hold specs: links that lead out of the project are refused."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ftops.cache.stamp import Stamp, stamp_of
from ftops.errors import Problem

PROJECT_FILE: Final = "ftops.yaml"
SPECS: Final = "specs"
_ENDINGS: Final = (".yaml", ".yml")
_OUTSIDE: Final = "copy it here, or set allow_outside: true in ftops.yaml"


class SpecFile(NamedTuple):
    """A file that holds specs, as people see it; links and odd names have no stamp."""

    path: str
    shown: str
    stamp: Stamp | None


def spec_files(root: Path, *, allow_outside: bool, problems: list[Problem]) -> list[SpecFile]:
    """Return every spec file, sorted by path; folders that cannot be read are a problem."""
    search = _Search(root, allow_outside=allow_outside, problems=problems)
    return sorted(search.files(), key=lambda file: file.shown)


def project_stamp(root: Path) -> Stamp | None:
    """Return the stamp of ftops.yaml, if it is a regular file and no link."""
    try:
        about = (root / PROJECT_FILE).lstat()
    except OSError:
        return None
    return stamp_of(about) if stat.S_ISREG(about.st_mode) else None


class _Search:
    def __init__(self, root: Path, *, allow_outside: bool, problems: list[Problem]) -> None:
        self._root = root
        self._real_root = Path(os.path.realpath(root))
        self._allow_outside = allow_outside
        self._problems = problems
        self._seen: set[str] = set()

    def files(self) -> Iterator[SpecFile]:
        folder = self._root / SPECS
        if folder.is_dir():
            yield from self._files_in(str(folder))
        elif folder.exists():
            self._problems.append(Problem(message="is no folder", path=SPECS))

    def _files_in(self, folder: str) -> Iterator[SpecFile]:
        real = os.path.realpath(folder)
        if real in self._seen or self._leads_out(folder):
            return
        self._seen.add(real)
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self._problems.append(unreadable(shown_name(self._root, folder), error))
            return
        for entry in entries:
            # Hidden files are an editor's or a tool's.
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                yield from self._files_in(entry.path)
            elif entry.name.endswith(_ENDINGS):
                file = self._file(entry)
                if file is not None:
                    yield file

    def _file(self, entry: os.DirEntry[str]) -> SpecFile | None:
        # What is no link lies in its folder, which was looked at.
        is_link = entry.is_symlink()
        if is_link and self._leads_out(entry.path):
            return None
        shown = shown_name(self._root, entry.path)
        is_plain = not is_link and entry.path.endswith(shown)
        return SpecFile(entry.path, shown, _stamp(entry) if is_plain else None)

    def _leads_out(self, path: str) -> bool:
        real = Path(os.path.realpath(path))
        leads_out = not (self._allow_outside or real.is_relative_to(self._real_root))
        if leads_out:
            name = shown_name(self._root, path)
            message = "is a link that leads out of the project"
            self._problems.append(Problem(message=message, path=name, hint=_OUTSIDE))
        return leads_out


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """Return the stamp of a regular file; of anything else, or what is gone, there is none."""
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return stamp_of(about) if stat.S_ISREG(about.st_mode) else None


def shown_name(root: Path, path: Path | str) -> str:
    """Return a path as people see it, from the root."""
    inside = str(path).removeprefix(f"{root}/")
    if inside.isascii():
        return inside
    # A name that is no UTF-8 could not be printed or written into a lock.
    return inside.encode(errors="backslashreplace").decode()


def unreadable(name: str, error: OSError) -> Problem:
    """Return what is wrong with a file that cannot be read."""
    said = error.strerror or type(error).__name__
    return Problem(message=f"cannot be read: {said}", path=name, hint="check the file's rights")
