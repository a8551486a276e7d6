"""The declared specs and the project, from the files under one root; the same files once only."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.discovery import (
    PROJECT_FILE,
    SpecFile,
    project_stamp,
    spec_files,
)
from ftops.adapters.spec_files.memory import ProjectMemory, SpecMemory
from ftops.core.desired import Declared
from ftops.core.project import Project
from ftops.errors import Problem, SpecError

ByFile = Mapping[str, tuple[Declared, ...]]


class SpecFiles:
    """The specs under `specs/`; a file that `memory` knows as it is now is not read again."""

    def __init__(
        self, root: Path, project: Project, around: Around, memory: SpecMemory | None = None
    ) -> None:
        self._root = root
        self._project = project
        self._around = around
        self._memory = memory

    def specs(self) -> tuple[Declared, ...]:
        """Return every spec in the order of its file, or raise SpecError with every finding."""
        problems: list[Problem] = []
        allow_outside = self._project.allow_outside
        files = spec_files(self._root, allow_outside=allow_outside, problems=problems)
        by_file = None if problems or self._memory is None else self._known(files, self._memory)
        if by_file is None:
            by_file = self._parse(files, problems)
        in_order = dict.fromkeys(file.shown for file in files)
        return tuple(chain.from_iterable(by_file[shown] for shown in in_order))

    def sound_specs(self) -> tuple[Declared, ...]:
        """Return the specs of the files in which nothing is wrong."""
        problems: list[Problem] = []
        allow_outside = self._project.allow_outside
        files = spec_files(self._root, allow_outside=allow_outside, problems=problems)
        try:
            by_file = self._parse(files, problems)
        except SpecError as error:
            wrong = {one.path for one in error.problems}
            sound = [file for file in files if file.shown not in wrong]
            by_file = self._parse_alone(sound) or {}
        return tuple(chain.from_iterable(by_file.values()))

    def _known(self, files: Sequence[SpecFile], memory: SpecMemory) -> ByFile | None:
        """Return what the files say, only new ones read; None if that shows anything wrong.

        What is wrong is then told by reading everything: it may lie between two files.
        """
        known = {file.shown: one for file in files if (one := memory.find(file)) is not None}
        unknown = [file for file in files if file.shown not in known]
        if unknown:
            since = memory.tick()
            fresh = self._parse_alone(unknown)
            if fresh is None:
                return None
            for file in unknown:
                memory.remember(file, fresh[file.shown], since)
            known.update(fresh)
        names = [one.name for one in chain.from_iterable(known.values())]
        return known if len(set(names)) == len(names) else None

    def _parse_alone(self, files: Sequence[SpecFile]) -> ByFile | None:
        try:
            return self._parse(files, ())
        except SpecError:
            return None

    def _parse(self, files: Sequence[SpecFile], problems: Sequence[Problem]) -> ByFile:
        # What reads YAML takes 0.15 s to load, and specs that are known need none of it.
        from ftops.adapters.spec_files.parsing import Parsing  # noqa: PLC0415 - see above

        return Parsing(self._root, self._project, self._around).specs(files, problems)


def read_project(root: Path, memory: ProjectMemory | None = None) -> Project:
    """Return what ftops.yaml says, or raise SpecError with every finding."""
    stamp = project_stamp(root)
    known = None if memory is None or stamp is None else memory.find(PROJECT_FILE, (stamp,))
    if known is not None:
        return known
    from ftops.adapters.spec_files.parsing import parse_project  # noqa: PLC0415 - see above

    since = None if memory is None else memory.tick()
    project = parse_project(root)
    if memory is not None and stamp is not None:
        memory.remember(PROJECT_FILE, (stamp,), project, since)
    return project


def find_root(start: Path) -> Path | None:
    """Return the nearest folder upwards that holds ftops.yaml."""
    folder = start.absolute()
    return next((one for one in (folder, *folder.parents) if (one / PROJECT_FILE).is_file()), None)
