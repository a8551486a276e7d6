"""Specs and projects as they were read before, each believed while its file is the same one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import ftops.cache
import ftops.core
from ftops.adapters.spec_files.discovery import SpecFile
from ftops.cache.index_file import IndexFile
from ftops.cache.makers import makers
from ftops.cache.stamp import Tick
from ftops.cache.stat_cache import StatCache
from ftops.core.desired import Declared
from ftops.core.project import Project

_OURS: Final = (*ftops.cache.__path__, *ftops.core.__path__, str(Path(__file__).parent))
_LIBRARIES: Final = ("msgspec", "pydantic", "yaml", "jinja2")

ProjectMemory = StatCache[Project]


def project_memory(folder: Path) -> ProjectMemory:
    """Return the memory of ftops.yaml that lies in a folder."""
    return StatCache(IndexFile(folder, "project"), makers(_OURS, _LIBRARIES), Project)


class SpecMemory:
    """The memory of one project's specs: of another one, or with other variables, there is none."""

    def __init__(self, folder: Path, project: Project, environment: Mapping[str, str]) -> None:
        said = repr((project, sorted(environment.items())))
        self._cache: StatCache[tuple[Declared, ...]] = StatCache(
            IndexFile(folder, "specs"), makers(_OURS, _LIBRARIES, said), tuple[Declared, ...]
        )

    def find(self, file: SpecFile) -> tuple[Declared, ...] | None:
        """Return the file's specs, if it is the one that was read; a link is read every time."""
        return None if file.stamp is None else self._cache.find(file.shown, (file.stamp,))

    def tick(self) -> Tick | None:
        """Return the disk's time now: take it before the reading that is to be remembered."""
        return self._cache.tick()

    def remember(self, file: SpecFile, declared: tuple[Declared, ...], since: Tick | None) -> None:
        """Remember a file's specs, unless a template of theirs changes with the commit or day."""
        if file.stamp is not None and all(map(_is_steady, declared)):
            self._cache.remember(file.shown, (file.stamp,), declared, since)

    def save(self) -> None:
        """Write what is new."""
        self._cache.save()


def _is_steady(one: Declared) -> bool:
    return not one.volatile_metadata and one.suffix_identity == one.spec.suffix
