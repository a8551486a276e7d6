"""Open files, look at them as one dataset, and make its bytes again."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedIOBase
from types import TracebackType
from typing import BinaryIO, Self, cast

from ftops.adapters.dataset_files.paths import DataPaths, Found
from ftops.core.desired import DataSource
from ftops.dataset.check import Checked, Role, check_files, check_stream
from ftops.dataset.concatenate import concatenate
from ftops.dataset.split import Split, decide_split

TRAIN, VALIDATION = "train", "validation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How rows are to be looked at: for which method, and where an example is cut."""

    method: str
    limit: int | None


Stamp = tuple[int, int, int, int, int]


class OpenFiles:
    """Files held open, so that every pass reads the same ones."""

    def __init__(self, paths: DataPaths, found: Sequence[Found]) -> None:
        self._paths = paths
        self._found = tuple(found)
        self._streams: tuple[BinaryIO, ...] = ()
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._streams = tuple(
                opening.enter_context(self._paths.open(one)) for one in self._found
            )
            self._closing = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the files as people see them, in order."""
        return tuple(one.shown for one in self._found)

    def stamps(self) -> tuple[Stamp, ...]:
        """Return what changes when a file does, as git's index keeps it."""
        return tuple(_stamp(os.fstat(stream.fileno())) for stream in self._streams)

    def named(self) -> list[tuple[str, BinaryIO]]:
        """Return every file from its begin, with its name."""
        self._rewind()
        return list(zip(self.shown, self._streams, strict=True))

    def check(self, way: Way, role: Role) -> Checked:
        """Look at all files as one dataset."""
        return check_files(self.named(), method=way.method, role=role, limit=way.limit)

    def check_side(self, source: DataSource, way: Way, role: Role) -> Checked:
        """Look at one side of a split."""
        stream = cast("BinaryIO", _Rows(self.rows(source)))
        return check_stream(stream, method=way.method, role=role, limit=way.limit)

    def rows(self, source: DataSource) -> Iterator[bytes]:
        """Yield the bytes to upload, line by line."""
        if source.side is None or source.fraction is None:
            return self._lines()
        split = self.decide(source.fraction, source.seed)
        return _side(split, source.side, self._lines())

    def decide(self, fraction: float, seed: int) -> Split:
        """Decide which rows of all files are for validation."""
        return decide_split(self._lines(), fraction=fraction, seed=seed)

    def _lines(self) -> Iterator[bytes]:
        self._rewind()
        return concatenate(self._streams)

    def _rewind(self) -> None:
        for stream in self._streams:
            stream.seek(0)


class _Rows(BufferedIOBase):
    """Rows behind the one method of a stream that a check calls."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self._rows = iter(rows)

    def readline(self, size: int | None = -1, /) -> bytes:  # type: ignore[explicit-override]  # typing.override is 3.12's
        """Return the next row, whole: the whole dataset's check refused longer ones."""
        del size
        return next(self._rows, b"")


def _side(split: Split, side: str, lines: Iterator[bytes]) -> Iterator[bytes]:
    return split.training(lines) if side == TRAIN else split.validation(lines)


def _stamp(about: os.stat_result) -> Stamp:
    return (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
