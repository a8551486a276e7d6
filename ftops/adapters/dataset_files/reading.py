"""Open files, look at them as one dataset, and make its bytes again."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedIOBase
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from ftops.adapters.dataset_files.paths import DataPaths, Found, Stamp, stamp_of
from ftops.adapters.dataset_files.unpacking import unpacked
from ftops.core.desired import DataSource
from ftops.dataset.amounts import Role
from ftops.dataset.check import Checked, check_files
from ftops.dataset.concatenate import concatenate
from ftops.dataset.counting import Counting
from ftops.dataset.split import Split, decide_split

TRAIN, VALIDATION = "train", "validation"


LARGE: Final = 64 << 20
"""From here on tokens are sampled, unless every one is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How rows are looked at: for which method, where an example is cut, how tokens are counted."""

    method: str
    limit: int | None
    counting: Counting


class OpenFiles:
    """Files that stay open once they are, so that every pass reads the same ones."""

    def __init__(self, paths: DataPaths, found: Sequence[Found]) -> None:
        self._paths = paths
        self._found = tuple(found)
        self._streams: tuple[BinaryIO, ...] = ()
        self._closing = ExitStack()

    def __enter__(self) -> Self:
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

    @property
    def real(self) -> tuple[str, ...]:
        """Return where the files really lie, in order."""
        return tuple(str(one.real) for one in self._found)

    @property
    def stamps(self) -> tuple[Stamp, ...]:
        """Return the files' stamps as they were found, without opening them."""
        return tuple(one.stamp for one in self._found)

    @property
    def are_large(self) -> bool:
        """Whether together they are so large that counting every token takes its time."""
        return sum(one.stamp.size for one in self._found) > LARGE

    def are_as_found(self) -> bool:
        """Return whether the open files are still what was found."""
        return self.stamps == tuple(stamp_of(os.fstat(each.fileno())) for each in self._open())

    def named(self) -> list[tuple[str, BinaryIO]]:
        """Return every file from its begin, with its name."""
        self._rewind()
        return list(zip(self.shown, self._open(), strict=True))

    def check(self, way: Way, role: Role, source: DataSource | None = None) -> Checked:
        """Look at all files as one dataset, or at one side of its split."""
        streams: Sequence[tuple[str | None, BinaryIO]] = self.named()
        if source is not None:
            streams = [(None, cast("BinaryIO", _Rows(self.rows(source))))]
        return check_files(
            streams, method=way.method, role=role, limit=way.limit, counting=way.counting
        )

    def rows(self, source: DataSource) -> Iterator[bytes]:
        """Yield the bytes to upload, line by line."""
        if source.side is None or source.fraction is None:
            return self.lines()
        split = self.decide(source.fraction, source.seed)
        return _side(split, source.side, self.lines())

    def decide(self, fraction: float, seed: int) -> Split:
        """Decide which rows of all files are for validation."""
        return decide_split(self.lines(), fraction=fraction, seed=seed)

    def lines(self) -> Iterator[bytes]:
        """Yield the bytes of all files as one, line by line, from their begin."""
        self._rewind()
        return concatenate(self._streams)

    def _open(self) -> tuple[BinaryIO, ...]:
        if not self._streams:
            with ExitStack() as opening:
                self._streams = tuple(
                    opening.enter_context(unpacked(self._paths.open(one), one.shown))
                    for one in self._found
                )
                self._closing = opening.pop_all()
        return self._streams

    def _rewind(self) -> None:
        for stream in self._open():
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
