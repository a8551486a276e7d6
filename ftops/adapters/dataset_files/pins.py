"""The DatasetMemory port: what was pinned before, while the spec and its files are the same."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from ftops.adapters.dataset_files.judges import judges
from ftops.adapters.dataset_files.paths import LARGE, DataPaths, Found, PathRefusedError
from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps, Tick
from ftops.cache.stat_cache import StatCache
from ftops.core.desired import DataPin, Declared, Pins
from ftops.core.names import SpecName
from ftops.core.spec import FineTuneSpec, Split
from ftops.errors import Problem
from ftops.ports import DatasetSource

INDEX: Final = "pins"

_encode = msgspec.json.Encoder().encode


class _Pinned(msgspec.Struct, array_like=True, frozen=True):
    pins: Pins
    warnings: tuple[Problem, ...]


class RememberedPins:
    """Data of `open_source`, which is opened only for what is new.

    Data that is wrong is looked at every time. So is data whose tokens were only sampled: they are
    until somebody asks for all of them.
    """

    def __init__(
        self,
        root: Path,
        *,
        allow_outside: bool,
        open_source: Callable[[], DatasetSource],
        processes: int = 1,
    ) -> None:
        self._paths = DataPaths(root, allow_outside=allow_outside)
        self._open_source = open_source
        self._processes = processes
        self._found: dict[SpecName, tuple[Found, ...]] = {}
        self._cache = StatCache(IndexFile(root / ".ftops" / "cache", INDEX), judges(), _Pinned)

    def close(self) -> None:
        """Keep what was pinned for the next run."""
        self._cache.save()

    def pin(self, declared: Declared) -> tuple[Pins, tuple[Problem, ...]]:
        """Return the pins and the warnings; DatasetError holds every finding of the spec's data."""
        found = self._found.pop(declared.name, ()) or self._find(declared.spec)
        if not found:
            return self._source.pin(declared)
        question, stamps = _question(declared, found), _stamps(found)
        known = self._cache.find(question, stamps)
        if known is not None:
            return known.pins, known.warnings
        since = self._since
        pins, warnings = self._source.pin(declared)
        if _stamps(self._find(declared.spec)) == stamps:
            asked = _sampled(question) if _is_sampled(pins) else question
            known = _Pinned(pins=pins, warnings=warnings)
            self._cache.remember(asked, stamps, known, since)
        return pins, warnings

    def must_read_much(self, declared: Declared) -> bool:
        """Say whether new data of the spec is so large that several processes will read it."""
        if self._processes == 1:
            return False
        # The next pin need not find the files again: there may be thousands.
        found = self._found[declared.name] = self._find(declared.spec)
        if all(one.stamp.size <= LARGE for one in found):
            return False
        question, stamps = _question(declared, found), _stamps(found)
        asked = (question, _sampled(question))
        return all(self._cache.find(one, stamps) is None for one in asked)

    def staged(self, pin: DataPin) -> AbstractContextManager[str]:
        """Yield the path of a file holding exactly the pinned bytes."""
        return self._source.staged(pin)

    @cached_property
    def _source(self) -> DatasetSource:
        return self._open_source()

    @cached_property
    def _since(self) -> Tick | None:
        """The disk's time before anything was read."""
        return self._cache.tick()

    def _find(self, spec: FineTuneSpec) -> tuple[Found, ...]:
        """Return every file that the pins depend on; none if any of them cannot be used."""
        try:
            return tuple(one for path in _written(spec) for one in self._paths.find(path))
        except (PathRefusedError, OSError):
            return ()


def _is_sampled(pins: Pins) -> bool:
    sides = (pins.training, pins.validation)
    return any(one is not None and one.tokens_bound is not None for one in sides)


def _written(spec: FineTuneSpec) -> Iterator[str]:
    dataset = spec.dataset
    yield from _as_paths(dataset.train)
    if not isinstance(dataset.validation, Split | None):
        yield from _as_paths(dataset.validation)
    if spec.privacy.allow is not None:
        yield spec.privacy.allow


def _as_paths(written: str | tuple[str, ...]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else written


def _question(declared: Declared, found: Sequence[Found]) -> str:
    """Return all that decides pins and warnings beside the files' content."""
    spec = declared.spec
    asked = (
        [(one.shown, one.real) for one in found],
        (declared.path, declared.line, declared.lines),
        (spec.model, spec.method, spec.seed, spec.dataset, spec.privacy),
    )
    return _encode(asked).decode()


def _sampled(question: str) -> str:
    """Return what is never asked for pins: it only tells that the checks know the files."""
    return f"sampled {question}"


def _stamps(found: Sequence[Found]) -> Stamps:
    return tuple(one.stamp for one in found)
