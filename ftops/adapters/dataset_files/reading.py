"""Open files, look at them as one dataset, and make its bytes again."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import BufferedIOBase
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from ftops.adapters.dataset_files.paths import DataPaths, Found
from ftops.adapters.dataset_files.unpacking import unpacked
from ftops.cache.stamp import Stamps, stamp_of
from ftops.core.desired import DataSource
from ftops.core.shaping import Shaping, shaping_of
from ftops.core.spec import FineTuneSpec
from ftops.core.spec import Split as Held
from ftops.dataset.amounts import Role
from ftops.dataset.check import Checked, check_files
from ftops.dataset.concatenate import concatenate, read_lines
from ftops.dataset.counting.tally import Counting
from ftops.dataset.shaping.shaper import Shaper, decide_draw
from ftops.dataset.shaping.split import Split, decide_split

TRAIN, VALIDATION = "train", "validation"

LARGE: Final = 64 << 20
"""From here on tokens are sampled, unless every one is asked for."""

MUCH: Final = 24 << 20
"""From here on it pays to count every token the faster way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How rows are looked at: for which method, where an example is cut, how tokens are counted."""

    method: str
    limit: int | None
    counting: Counting


class OpenFiles:
    """Files that stay open once they are, so that every pass reads the same ones.

    `shaping` is what becomes of their rows for those who only look at them.
    """

    def __init__(
        self, paths: DataPaths, found: Sequence[Found], shaping: Shaping | None = None
    ) -> None:
        self._paths = paths
        self.shaping = shaping
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
        return tuple(one.real for one in self._found)

    @property
    def stamps(self) -> Stamps:
        """Return the files' stamps as they were found, without opening them."""
        return tuple(one.stamp for one in self._found)

    @property
    def are_large(self) -> bool:
        """Whether together they are so large that counting every token takes its time."""
        return self._size > LARGE

    @property
    def _size(self) -> int:
        return sum(one.stamp.size for one in self._found)

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
            streams = [(None, _stream(self.rows(source)))]
        counting = replace(way.counting, much=self._size > MUCH)
        return check_files(
            streams, method=way.method, role=role, limit=way.limit, counting=counting
        )

    def rows(self, source: DataSource) -> Iterator[bytes]:
        """Yield the bytes to upload, line by line."""
        if source.side is None or source.fraction is None:
            return self._shaped(source)
        split = self.decide(source)
        return _side(split, source.side, self._shaped(source))

    def decide(self, source: DataSource) -> Split:
        """Decide which rows of all files are for validation."""
        return decide_split(self._shaped(source), fraction=source.fraction or 0.0, seed=source.seed)

    def named_as_shaped(self) -> list[tuple[str, BinaryIO]]:
        """Return every file with its rows as they are uploaded, blank where one is left out."""
        if self.shaping is None:
            return self.named()
        picks = self._picks(self.shaping)
        return [(name, _stream(_in_place(picks(stream)))) for name, stream in self.named()]

    def placed(self, source: DataSource) -> Iterator[tuple[int, int, bytes]]:
        """Yield each line's file and number, from 0 and 1, with what of it is uploaded."""
        is_split = source.side is not None and source.fraction is not None
        split = self.decide(source) if is_split else None
        picks = None if source.shaping is None else self._picks(source.shaping)
        for file, (_, stream) in enumerate(self.named()):
            lines = (uploaded for _, uploaded in read_lines(stream, alone=len(self._found) == 1))
            rows = lines if picks is None else picks(lines)
            for number, row in enumerate(rows, start=1):
                if split is None:
                    yield file, number, row
                else:
                    yield file, number, b"".join(_side(split, source.side or "", iter([row])))

    def _shaped(self, source: DataSource) -> Iterator[bytes]:
        if source.shaping is None:
            return self.lines()
        picks = self._picks(source.shaping)
        return filter(None, picks(self.lines()))

    def _picks(self, shaping: Shaping) -> Callable[[Iterable[bytes]], Iterator[bytes]]:
        """Return what yields each line's row, or nothing; the lines of all files in order."""
        shaper = Shaper(shaping)
        draw = decide_draw(shaper.rows(self.lines()), shaping)
        if draw is None:
            return lambda lines: map(shaper.shape, lines)
        pick = draw.picker()
        return lambda lines: map(pick, map(shaper.shape, lines))

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
    """Rows behind the two methods of a stream that those who look at data call."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self._rows = iter(rows)

    def readline(self, size: int | None = -1, /) -> bytes:  # type: ignore[explicit-override]  # typing.override is 3.12's
        """Return the next row, whole: the whole dataset's check refused longer ones."""
        del size
        return next(self._rows, b"")

    def read(self, size: int | None = -1, /) -> bytes:  # type: ignore[explicit-override]  # typing.override is 3.12's
        """Return the next rows, so many as together reach the size."""
        taken, wanted = [b""], sys.maxsize if size is None or size < 0 else size
        while wanted > 0 and (row := self.readline()):
            taken.append(row)
            wanted -= len(row)
        return b"".join(taken)


def _side(split: Split, side: str, lines: Iterator[bytes]) -> Iterator[bytes]:
    return split.training(lines) if side == TRAIN else split.validation(lines)


def _stream(rows: Iterable[bytes]) -> BinaryIO:
    return cast("BinaryIO", _Rows(rows))


def _in_place(rows: Iterable[bytes]) -> Iterator[bytes]:
    return (row or b"\n" for row in rows)


def split_source(spec: FineTuneSpec, split: Held, paths: tuple[str, ...]) -> DataSource:
    """Return what a split parts: the rows as shaped, of the seed's two sides."""
    shaping = shaping_of(spec, draws=True)
    return DataSource(paths=paths, fraction=split.split, seed=spec.seed or 0, shaping=shaping)
