"""The DatasetCritic port over files: read the declared data of a spec, and assess it once."""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Final, cast

import msgspec

from ftops.adapters.dataset_files.judges import judges
from ftops.adapters.dataset_files.paths import DataPaths, PathRefusedError
from ftops.adapters.dataset_files.reading import OpenFiles, split_source
from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps
from ftops.cache.stat_cache import StatCache
from ftops.core.desired import Declared
from ftops.core.shaping import Shaping, shaping_of
from ftops.core.spec import FineTuneSpec, Split
from ftops.dataset.counting.tally import Counting, counting_for
from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.figures import Quality
from ftops.dataset.quality.reading import Sides, read_sides, read_split
from ftops.errors import DatasetError, Problem
from ftops.ports import ALONE, Readers

INDEX: Final = "quality"

_Written = str | Sequence[str]
_Key = tuple[str, Stamps]


class DataQuality:
    """The data below `root`, judged as training and validation of one spec, until it changes."""

    def __init__(
        self, root: Path, *, allow_outside: bool = False, readers: Readers = ALONE
    ) -> None:
        self._paths = DataPaths(root, allow_outside=allow_outside, readers=readers)
        self._file = IndexFile(root / ".ftops" / "cache", INDEX)
        self._assessed: dict[_Key, Quality] = {}

    def close(self) -> None:
        """Keep what was found for the next run."""
        if "_cache" in vars(self):
            self._cache.save()

    @cached_property
    def _cache(self) -> StatCache[Quality]:
        return StatCache(self._file, judges(), Quality)

    def quality(self, declared: Declared) -> Quality:
        """Return figures and warnings; DatasetError for files that cannot be read."""
        spec, line = declared.spec, declared.line_of("dataset")
        try:
            with ExitStack() as opened:
                return self._know(spec, [opened.enter_context(one) for one in self._sides(spec)])
        except PathRefusedError as error:
            problem = Problem(message=error.message, path=declared.path, line=line, hint=error.hint)
            raise DatasetError([problem]) from error
        except OSError as error:
            message = f"the data of {spec.name} cannot be read: {error.strerror}"
            raise DatasetError([Problem(message=message, path=declared.path, line=line)]) from error

    def _sides(self, spec: FineTuneSpec) -> list[OpenFiles]:
        """Return the files to train on, and those to validate with, if those are others."""
        train, validation = cast("_Written", spec.dataset.train), spec.dataset.validation
        sides = [self._find(train, shaping_of(spec, draws=True))]
        if not isinstance(validation, Split | None):
            held_out = self._find(cast("_Written", validation), shaping_of(spec, draws=False))
            sides.append(held_out)
        return sides

    def _know(self, spec: FineTuneSpec, sides: Sequence[OpenFiles]) -> Quality:
        key = (_question(spec, sides), tuple(stamp for files in sides for stamp in files.stamps))
        if key not in self._assessed:
            self._assessed[key] = self._cache.find(*key) or self._look(spec, sides, key)
        return self._assessed[key]

    def _look(self, spec: FineTuneSpec, sides: Sequence[OpenFiles], key: _Key) -> Quality:
        since = self._cache.tick()
        are_found = all(files.are_as_found() for files in sides)
        quality = assess(_read(spec, *sides), _counting(spec))
        if are_found and all(files.are_as_found() for files in sides):
            self._cache.remember(*key, quality, since)
        return quality

    def _find(self, written: _Written, shaping: Shaping | None) -> OpenFiles:
        entries = [written] if isinstance(written, str) else written
        found = [one for entry in entries for one in self._paths.find(entry)]
        return OpenFiles(self._paths, found, shaping)


def _counting(spec: FineTuneSpec) -> Counting:
    return counting_for(spec.model if isinstance(spec.model, str) else None)


def _read(spec: FineTuneSpec, files: OpenFiles, others: OpenFiles | None = None) -> Sides:
    validation = spec.dataset.validation
    if isinstance(validation, Split):
        split = files.decide(split_source(spec, validation, files.shown))
        return read_split(files.named_as_shaped(), split.validates, method=spec.method)
    held_out = None if others is None else others.named_as_shaped()
    return read_sides(files.named_as_shaped(), held_out, method=spec.method)


def _question(spec: FineTuneSpec, sides: Sequence[OpenFiles]) -> str:
    validation = spec.dataset.validation
    split = (validation.split, spec.seed) if isinstance(validation, Split) else None
    read = [(files.real, files.shown, files.shaping) for files in sides]
    return msgspec.json.encode((spec.method, _counting(spec), split, read)).decode()
