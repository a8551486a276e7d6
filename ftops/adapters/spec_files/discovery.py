"""Which files hold specs, and their bytes: links that lead out, pipes and giants are refused."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ftops.adapters.spec_files.text import MAX_BYTES, SourceText, decode
from ftops.errors import Problem, SpecError

SPECS: Final = "specs"
_ENDINGS: Final = frozenset({".yaml", ".yml"})
_OUTSIDE: Final = "copy it here, or set allow_outside: true in ftops.yaml"


def spec_sources(root: Path, *, allow_outside: bool, problems: list[Problem]) -> list[SourceText]:
    """Return the text of every spec file, sorted by path; what cannot be read is a problem."""
    search = _Search(root, allow_outside=allow_outside, problems=problems)
    sources = []
    for path in search.files():
        try:
            sources.append(read_source(root, path))
        except SpecError as error:
            problems.extend(error.problems)
    return sorted(sources, key=lambda source: source.path)


def read_source(root: Path, path: Path) -> SourceText:
    """Return the text of one file, or raise SpecError."""
    name = _name(root, path)
    try:
        # A pipe must not keep us waiting: open without blocking, then look at what it is.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SpecError([Problem(message="is no regular file", path=name)])
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError([_unreadable(name, error)]) from error
    return decode(raw, name)


class _Search:
    def __init__(self, root: Path, *, allow_outside: bool, problems: list[Problem]) -> None:
        self._root = root
        self._real_root = Path(os.path.realpath(root))
        self._allow_outside = allow_outside
        self._problems = problems
        self._seen: set[Path] = set()

    def files(self) -> Iterator[Path]:
        folder = self._root / SPECS
        if folder.is_dir():
            yield from self._files_in(folder)
        elif folder.exists():
            self._problems.append(Problem(message="is no folder", path=SPECS))

    def _files_in(self, folder: Path) -> Iterator[Path]:
        real = Path(os.path.realpath(folder))
        if real in self._seen or self._leads_out(folder):
            return
        self._seen.add(real)
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            self._problems.append(_unreadable(_name(self._root, folder), error))
            return
        for entry in entries:
            # Hidden files are an editor's or a tool's.
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from self._files_in(entry)
            elif entry.suffix in _ENDINGS and not self._leads_out(entry):
                yield entry

    def _leads_out(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        leads_out = not (self._allow_outside or real.is_relative_to(self._real_root))
        if leads_out:
            name = _name(self._root, path)
            message = "is a link that leads out of the project"
            self._problems.append(Problem(message=message, path=name, hint=_OUTSIDE))
        return leads_out


def _name(root: Path, path: Path) -> str:
    # A name that is no UTF-8 could not be printed or written into a lock.
    return path.relative_to(root).as_posix().encode(errors="backslashreplace").decode()


def _unreadable(name: str, error: OSError) -> Problem:
    said = error.strerror or type(error).__name__
    return Problem(message=f"cannot be read: {said}", path=name, hint="check the file's rights")
