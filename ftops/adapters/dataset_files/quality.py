"""The DatasetCritic port over files: read the declared data of a spec, and assess it."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from ftops.adapters.dataset_files.paths import DataPaths, PathRefusedError
from ftops.adapters.dataset_files.reading import OpenFiles, split_source
from ftops.core.desired import Declared
from ftops.core.shaping import Shaping, shaping_of
from ftops.core.spec import Split
from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.figures import Quality
from ftops.dataset.quality.reading import Sides, read_sides, read_split
from ftops.errors import DatasetError, Problem
from ftops.ports import ReadingWatch

_Written = str | Sequence[str]


class DataQuality:
    """The data below `root`, judged as training and validation of one spec."""

    def __init__(
        self, root: Path, *, allow_outside: bool = False, watch: ReadingWatch | None = None
    ) -> None:
        self._paths = DataPaths(root, allow_outside=allow_outside, watch=watch)

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
        drawn, whole = shaping_of(spec, draws=True), shaping_of(spec, draws=False)
        with ExitStack() as opened:
            files = opened.enter_context(self._open(train, drawn))
            if isinstance(validation, Split):
                split = files.decide(split_source(spec, validation, files.shown))
                named = files.named_as_shaped()
                return read_split(named, split.validates, method=spec.method)
            training = files.named_as_shaped()
            held_out = None
            if validation is not None:
                others = opened.enter_context(self._open(cast("_Written", validation), whole))
                held_out = others.named_as_shaped()
            return read_sides(training, held_out, method=spec.method)

    def _open(self, written: _Written, shaping: Shaping | None) -> OpenFiles:
        entries = [written] if isinstance(written, str) else written
        found = [one for entry in entries for one in self._paths.find(entry)]
        return OpenFiles(self._paths, found, shaping)
