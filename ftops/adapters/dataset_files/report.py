"""Files that no spec declares, read for a report."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from ftops.adapters.dataset_files.foreign import refuse_foreign
from ftops.adapters.dataset_files.paths import HERE, DataPaths, Found
from ftops.adapters.dataset_files.reading import LARGE
from ftops.adapters.dataset_files.unpacking import unpacked
from ftops.core.privacy import responses
from ftops.dataset.check import check_files
from ftops.dataset.counting.tally import counting_for
from ftops.dataset.explaining.guess import guess_method
from ftops.dataset.privacy.scan import scan_files
from ftops.dataset.privacy.scanned import Rules
from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.reading import read_sides
from ftops.dataset.report import DataReport
from ftops.ports import ALONE, Readers
from ftops.usecases.quality import as_problems

_READ_TO_GUESS: Final = 100
_LONGEST_READ_TO_GUESS: Final = 1 << 20

_Named = list[tuple[str | None, BinaryIO]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For which method and base model files are judged: as they look, and the newest vocabulary."""

    method: str | None = None
    model: str | None = None


NOTHING_ASKED: Final = Asked()


def read_report(
    folder: Path,
    training: Sequence[str],
    validation: Sequence[str],
    asked: Asked = NOTHING_ASKED,
    readers: Readers = ALONE,
) -> DataReport:
    """Check and judge files given from `folder`, wherever they lie; PathRefusedError, OSError."""
    paths = DataPaths(folder, allow_outside=True, readers=readers, start=HERE)
    found = _find(paths, training)
    is_large = sum(one.stamp.size for one in found) > LARGE
    with ExitStack() as closing:
        files = _open(paths, found, closing)
        held_out = _open(paths, _find(paths, validation), closing)
        method = asked.method or guess_method(_begin(files[0][1]))
        _rewind(files)
        counting = counting_for(asked.model, sampled=is_large)
        checked = check_files(files, method=method, counting=counting)
        _rewind(files)
        quality = assess(read_sides(files, held_out or None, method=method), counting)
        _rewind([*files, *held_out])
        privacy = scan_files([*files, *held_out], Rules(responses=tuple(responses({}).items())))
    names = tuple(str(name) for name, _ in files)
    findings = [*checked.findings, *quality.findings, *privacy.findings]
    return DataReport(
        files=names,
        validation=tuple(str(name) for name, _ in held_out),
        method=method,
        checked=checked,
        quality=quality,
        privacy=privacy,
        problems=tuple(as_problems(findings, names[0])),
    )


def _find(paths: DataPaths, written: Iterable[str]) -> list[Found]:
    found = [each for one in written for each in paths.find(one)]
    refuse_foreign(found)
    return found


def _open(paths: DataPaths, found: Iterable[Found], closing: ExitStack) -> _Named:
    return [
        (one.shown, closing.enter_context(unpacked(paths.open(one), one.shown))) for one in found
    ]


def _begin(stream: BinaryIO) -> list[bytes]:
    lines = iter(lambda: stream.readline(_LONGEST_READ_TO_GUESS), b"")
    return list(islice(lines, _READ_TO_GUESS))


def _rewind(files: _Named) -> None:
    for _, stream in files:
        stream.seek(0)
