"""Look at files once: what an earlier look found is taken from memory, then from the cache."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import msgspec

from ftops.adapters.dataset_files.check_cache import CheckCache
from ftops.adapters.dataset_files.judges import judges
from ftops.adapters.dataset_files.reading import OpenFiles, Way
from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps
from ftops.core.desired import DataSource
from ftops.dataset.amounts import Role
from ftops.dataset.check import Checked
from ftops.dataset.counting.tally import ONLY_CUTS

WORTH_SAVING: Final = 16 << 20
"""So many bytes are not looked at again only because the command was stopped later on."""

INDEX: Final = "datasets"

Tokens = Literal["counted", "sampled", "uncounted"]
"""All counted; of large files a sample; or only those of rows so long that they may be cut."""


class Checks:
    """Every look at files of one command, and how closely it looks at tokens."""

    def __init__(self, folder: Path, tokens: Tokens) -> None:
        self._folder = folder
        self._tokens = tokens
        self._looked: dict[tuple[str, Stamps], Checked] = {}

    def check(
        self, files: OpenFiles, way: Way, role: Role, source: DataSource | None = None
    ) -> Checked:
        """Return what a look at the files finds, or found."""
        ways = [way, *self._quicker(way, files)]
        for one in ways:
            found = self._find(_question(files, one, role, source), files.stamps)
            if found is not None:
                return found
        return self._look(files, ways[-1], role, source)

    def _quicker(self, way: Way, files: OpenFiles) -> Iterator[Way]:
        """Yield the way to look if nobody has counted every token yet."""
        if self._tokens == "uncounted":
            yield replace(way, counting=ONLY_CUTS)
        elif self._tokens == "sampled" and files.are_large:
            yield replace(way, counting=replace(way.counting, sampled=True))

    def close(self) -> None:
        """Keep what was found for the next command."""
        if "_cache" in vars(self):
            self._cache.save()

    @cached_property
    def _cache(self) -> CheckCache:
        return CheckCache(IndexFile(self._folder, INDEX), judges())

    def _find(self, question: str, stamps: Stamps) -> Checked | None:
        return self._looked.get((question, stamps)) or self._cache.find(question, stamps)

    def _look(self, files: OpenFiles, way: Way, role: Role, source: DataSource | None) -> Checked:
        since = self._cache.tick()
        is_found = files.are_as_found()
        checked = files.check(way, role, source)
        if is_found and files.are_as_found():
            question, stamps = _question(files, way, role, source), files.stamps
            self._looked[question, stamps] = checked
            self._cache.remember(question, stamps, checked, since)
            if checked.size > WORTH_SAVING:
                self._cache.save()
        return checked


def _question(files: OpenFiles, way: Way, role: Role, source: DataSource | None) -> str:
    asked = (files.real, files.shown, asdict(way), role, source and asdict(source))
    return msgspec.json.encode(asked).decode()
