"""What one project declares, and what lies around it on this machine: settings, data, git."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ftops.adapters.environment import Environment
from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.memory import SpecMemory
from ftops.adapters.spec_files.source import SpecFiles
from ftops.adapters.system_clock import SystemClock
from ftops.core.desired import Declared
from ftops.core.names import SpecName
from ftops.core.project import Project
from ftops.ports import ALONE, Readers

if TYPE_CHECKING:
    from ftops.adapters.dataset_files.checks import Tokens
    from ftops.adapters.dataset_files.pins import RememberedPins
    from ftops.adapters.dataset_files.privacy import DataPrivacy
    from ftops.adapters.dataset_files.quality import DataQuality
    from ftops.adapters.dataset_files.source import DatasetFiles
    from ftops.adapters.git.history import GitHistory
    from ftops.adapters.lock_files.store import LockFiles
    from ftops.cache.stat_cache import StatCache
    from ftops.core.lock import Lock
    from ftops.usecases.privacy import GuardedData

CACHE: Final = ".ftops/cache"
_MOST_ALIKE: Final = 20
"""A plan tells so many warnings of a kind about one file: it is kept, sent and shown as a whole."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A project's root and settings; everything else is opened once, when first asked for."""

    root: Path
    project: Project
    readers: Readers = field(default=ALONE, repr=False, compare=False)

    @cached_property
    def environment(self) -> Environment:
        """The environment, with the project's `.env` under it."""
        return Environment(self.root)

    @cached_property
    def clock(self) -> SystemClock:
        """The one clock of this command."""
        return SystemClock()

    @cached_property
    def history(self) -> "GitHistory":
        """What git knows."""
        from ftops.adapters.git.history import GitHistory

        return GitHistory(self.root)

    @cached_property
    def declared(self) -> tuple[Declared, ...]:
        """Every declared spec; SpecError holds every finding of every file."""
        around = self._around
        memory = SpecMemory(self.root / CACHE, self.project, around.environment)
        specs = SpecFiles(self.root, self.project, around, memory).specs()
        memory.save()
        return specs

    def declared_so_far(self, names: Sequence[str]) -> tuple[Declared, ...]:
        """Return those of the named specs, or of all, in whose files nothing is wrong."""
        sound = SpecFiles(self.root, self.project, self._around).sound_specs()
        return tuple(one for one in sound if not names or one.name in names)

    @property
    def _around(self) -> Around:
        return Around(
            git=self._git_variables,
            environment=self.environment.only(self.project.template_env),
            now=self.clock.now,
        )

    def _git_variables(self) -> dict[str, str]:
        return dict(self.history.template_variables())

    @cached_property
    def datasets(self) -> "DatasetFiles":
        """The declared data."""
        return self.open_datasets("sampled")

    def open_datasets(self, tokens: "Tokens") -> "DatasetFiles":
        """Return the declared data, its tokens looked at so closely."""
        from ftops.adapters.dataset_files.source import DatasetFiles

        return DatasetFiles(
            self.root, allow_outside=self.project.allow_outside, tokens=tokens, readers=self.readers
        )

    @cached_property
    def quality(self) -> "DataQuality":
        """The declared data, judged for what is legal but unwise."""
        from ftops.adapters.dataset_files.quality import DataQuality

        return DataQuality(
            self.root,
            allow_outside=self.project.allow_outside,
            readers=replace(self.readers, deed="judging"),
        )

    @cached_property
    def privacy(self) -> "DataPrivacy":
        """The declared data, looked through for personal data and secrets."""
        from ftops.adapters.dataset_files.privacy import DataPrivacy

        return DataPrivacy(
            self.root,
            allow_outside=self.project.allow_outside,
            readers=replace(self.readers, deed="scanning"),
        )

    @cached_property
    def guarded(self) -> "RememberedPins":
        """The declared data, refused if something is in it that must not leave."""
        from ftops.adapters.dataset_files.pins import RememberedPins

        return RememberedPins(
            self.root,
            allow_outside=self.project.allow_outside,
            open_source=self._open_guarded,
            processes=self.readers.processes,
        )

    def _open_guarded(self) -> "GuardedData":
        from ftops.usecases.privacy import GuardedData

        return GuardedData(self.datasets, self.privacy, most_alike=_MOST_ALIKE)

    @cached_property
    def lock_memory(self) -> "StatCache[Lock]":
        """The locks as they were read before."""
        from ftops.adapters.lock_files.memory import lock_memory

        return lock_memory(self.root / CACHE)

    def lock_files(self, folder: str, beside: Mapping[SpecName, Path] | None = None) -> "LockFiles":
        """Return the locks below a folder of the project."""
        from ftops.adapters.lock_files.store import LockFiles

        return LockFiles(
            self.root / folder,
            root=self.root,
            beside=beside,
            memory=self.lock_memory,
            clock=self.clock,
        )

    def keep_findings(self) -> None:
        """Keep what was found in locks and data for the next run."""
        if "lock_memory" in vars(self):
            self.lock_memory.save()
        if "guarded" in vars(self):
            self.guarded.close()
        if "datasets" in vars(self):
            self.datasets.close()
        if "privacy" in vars(self):
            self.privacy.close()
        if "quality" in vars(self):
            self.quality.close()
