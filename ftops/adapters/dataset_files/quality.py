"""The DatasetCritic port over files: read the declared data of a spec, and assess it."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from ftops.adapters.dataset_files.paths import DataPaths, PathRefusedError
from ftops.adapters.dataset_files.reading import OpenFiles
from ftops.core.desired import Declared
from ftops.core.spec import Split
from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.figures import Quality
from ftops.dataset.quality.reading import Sides, read_sides, read_split
from ftops.errors import DatasetError, Problem

_Written = str | Sequence[str]


class DataQuality:
    """The data below `root`, judged as training and validation of one spec."""

    def __init__(self, root: Path, *, allow_outside: bool = False) -> None:
        self._paths = DataPaths(root, allow_outside=allow_outside)

    def quality(self, declared: Declared) -> Quality:
        """Return figures and warnings; DatasetError for files that cannot be read."""
        spec = declared.spec
        try:
            sides = self._read(declared)
        except PathRefusedError as error:
            problem = Problem(
                message=error.message, path=declared.path, line=declared.line, hint=error.hint
            )
            raise DatasetError([problem]) from error
        except OSError as error:
            message = f"the data of {spec.name} cannot be read: {error.strerror}"
            raise DatasetError([Problem(message=message, path=declared.path)]) from error
        return assess(sides)

    def _read(self, declared: Declared) -> Sides:
        spec = declared.spec
        train, validation = cast("_Written", spec.dataset.train), spec.dataset.validation
        if not isinstance(validation, Split):
            return self._read_files(train, cast("_Written | None", validation), spec.method)
        with self._open(train) as files:
            split = files.decide(validation.split, spec.seed or 0)
            return read_split(files.named(), split.validates, method=spec.method)

    def _read_files(self, train: _Written, validation: _Written | None, method: str) -> Sides:
        with ExitStack() as opened:
            training = opened.enter_context(self._open(train)).named()
            held_out = None
            if validation is not None:
                held_out = opened.enter_context(self._open(validation)).named()
            return read_sides(training, held_out, method=method)

    def _open(self, written: _Written) -> OpenFiles:
        entries = [written] if isinstance(written, str) else written
        return OpenFiles(self._paths, [one for entry in entries for one in self._paths.find(entry)])
