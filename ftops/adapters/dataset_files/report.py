"""Files that no spec declares, read for a report."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from ftops.adapters.dataset_files.paths import HERE, DataPaths
from ftops.adapters.dataset_files.unpacking import unpacked
from ftops.dataset.check import check_files
from ftops.dataset.explaining.guess import guess_method
from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.reading import read_sides
from ftops.dataset.report import DataReport
from ftops.usecases.quality import as_problems

_READ_TO_GUESS: Final = 100
_LONGEST_READ_TO_GUESS: Final = 1 << 20

_Named = list[tuple[str | None, BinaryIO]]


def read_report(
    folder: Path, training: Sequence[str], validation: Sequence[str], method: str | None = None
) -> DataReport:
    """Check and judge files given from `folder`, wherever they lie; PathRefusedError, OSError."""
    paths = DataPaths(folder, allow_outside=True, start=HERE)
    with ExitStack() as closing:
        files = _open(paths, training, closing)
        held_out = _open(paths, validation, closing)
        chosen = method or guess_method(_begin(files[0][1]))
        _rewind(files)
        checked = check_files(files, method=chosen)
        _rewind(files)
        quality = assess(read_sides(files, held_out or None, method=chosen))
    names = tuple(str(name) for name, _ in files)
    return DataReport(
        files=names,
        validation=tuple(str(name) for name, _ in held_out),
        method=chosen,
        checked=checked,
        quality=quality,
        problems=tuple(as_problems([*checked.findings, *quality.findings], names[0])),
    )


def _open(paths: DataPaths, written: Iterable[str], closing: ExitStack) -> _Named:
    return [
        (found.shown, closing.enter_context(unpacked(paths.open(found), found.shown)))
        for one in written
        for found in paths.find(one)
    ]


def _begin(stream: BinaryIO) -> list[bytes]:
    lines = iter(lambda: stream.readline(_LONGEST_READ_TO_GUESS), b"")
    return list(islice(lines, _READ_TO_GUESS))


def _rewind(files: _Named) -> None:
    for _, stream in files:
        stream.seek(0)
