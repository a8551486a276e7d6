"""The DatasetSource port over files: find, check once, pin, and stage what is uploaded."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, cast

from ftops.adapters.dataset_files.checks import Checks, Tokens
from ftops.adapters.dataset_files.foreign import refuse_foreign
from ftops.adapters.dataset_files.paths import DataPaths, Found, PathRefusedError
from ftops.adapters.dataset_files.problems import Gathering
from ftops.adapters.dataset_files.reading import (
    TRAIN,
    VALIDATION,
    OpenFiles,
    Way,
    split_source,
)
from ftops.adapters.dataset_files.staging import cannot_stage, staging_folder
from ftops.core.desired import DataPin, DataSource, Declared, Pins
from ftops.core.names import Digest, upload_name
from ftops.core.shaping import shaping_of
from ftops.core.spec import Split
from ftops.dataset.amounts import Role
from ftops.dataset.check import Checked
from ftops.dataset.counting.tally import counting_for
from ftops.dataset.counting.tokens import context_limit
from ftops.dataset.finding import AMOUNTS, Code
from ftops.errors import DatasetError, Problem
from ftops.ports import ALONE, Readers

Field = Literal["dataset.train", "dataset.validation"]
TRAIN_FIELD: Field = "dataset.train"
VALIDATION_FIELD: Field = "dataset.validation"
ROLE_OF: Final[Mapping[Field, Role]] = {
    TRAIN_FIELD: "training",
    VALIDATION_FIELD: "validation",
}


class DatasetFiles:
    """The data below `root`; a file is checked once, until it or the checking changes."""

    def __init__(
        self,
        root: Path,
        *,
        allow_outside: bool = False,
        tokens: Tokens = "sampled",
        readers: Readers = ALONE,
    ) -> None:
        self._root = root
        self._paths = DataPaths(root, allow_outside=allow_outside, readers=readers)
        self._checks = Checks(root / ".ftops" / "cache", tokens)

    def close(self) -> None:
        """Keep what was found for the next run."""
        self._checks.close()

    def pin(self, declared: Declared) -> tuple[Pins, tuple[Problem, ...]]:
        """Return the pins and the warnings; DatasetError holds every finding of the spec's data."""
        spec = declared.spec
        base = spec.model if isinstance(spec.model, str) else None
        way = Way(
            method=spec.method,
            limit=None if base is None else context_limit(base),
            counting=counting_for(base),
        )
        gathering = Gathering(declared)
        wanted = spec.dataset.validation
        if isinstance(wanted, Split):
            training, validation = self._pin_split(wanted, way, gathering)
        else:
            training = self._pin_files(TRAIN_FIELD, way, gathering)
            validation = None
            if wanted is not None:
                validation = self._pin_files(VALIDATION_FIELD, way, gathering)
        return gathering.close(training, validation)

    @contextmanager
    def staged(self, pin: DataPin) -> Iterator[str]:
        """Yield the path of a copy with exactly the pinned bytes; it is gone afterwards."""
        with staging_folder(self._root) as folder:
            path = folder / upload_name(pin.digest)
            digest = self._copy(pin.source, path)
            if digest != pin.digest:
                problem = Problem(
                    message="the file changed while ftops was reading it", path=pin.paths[0]
                )
                raise DatasetError([problem], hint="run the same command again")
            yield str(path)

    def _copy(self, source: DataSource, path: Path) -> str:
        hashed = hashlib.sha256()
        try:
            found = [self._paths.file(each) for each in source.paths]
            with OpenFiles(self._paths, found) as files, path.open("xb") as copy:
                for line in files.rows(source):
                    hashed.update(line)
                    copy.write(line)
        except PathRefusedError as error:
            raise DatasetError(
                [Problem(message=error.message, path=source.paths[0], hint=error.hint)],
                hint="it was there when the plan was made: run the same command again",
            ) from error
        except OSError as error:
            raise cannot_stage(error) from error
        return hashed.hexdigest()

    def _pin_files(self, field: Field, way: Way, gathering: Gathering) -> DataPin | None:
        with gathering.refusals(field), self._open(field, gathering) as files:
            if not files.shown:
                return None
            side = TRAIN if field == TRAIN_FIELD else VALIDATION
            shaping = shaping_of(gathering.declared.spec, draws=side == TRAIN)
            if shaping is None:
                checked = self._checks.check(files, way, ROLE_OF[field])
                gathering.take(checked, field)
                return _pin(checked, DataSource(paths=files.shown))
            source = DataSource(paths=files.shown, side=side, shaping=shaping)
            if self._is_legal(files, field, way, gathering):
                return self._pin_side(files, source, way, gathering)
        return None

    def _pin_split(
        self, split: Split, way: Way, gathering: Gathering
    ) -> tuple[DataPin | None, DataPin | None]:
        with gathering.refusals(TRAIN_FIELD), self._open(TRAIN_FIELD, gathering) as files:
            if files.shown and self._is_legal(files, TRAIN_FIELD, way, gathering):
                source = split_source(gathering.declared.spec, split, files.shown)
                pins = [
                    self._pin_side(files, replace(source, side=side), way, gathering)
                    for side in (TRAIN, VALIDATION)
                ]
                return pins[0], pins[1]
        return None, None

    def _is_legal(self, files: OpenFiles, field: Field, way: Way, gathering: Gathering) -> bool:
        """Judge the rows as they stand, whatever becomes of them; only amounts are left to tell."""
        is_shaped = shaping_of(gathering.declared.spec, draws=True) is not None
        whole = self._checks.check(files, replace(way, limit=None) if is_shaped else way, "whole")
        gathering.take(whole, field)
        return whole.is_legal

    def _pin_side(
        self, files: OpenFiles, source: DataSource, way: Way, gathering: Gathering
    ) -> DataPin:
        field = TRAIN_FIELD if source.side == TRAIN else VALIDATION_FIELD
        checked = self._checks.check(files, way, ROLE_OF[field], source)
        only = AMOUNTS if source.shaping is None else AMOUNTS | {Code.EXAMPLES_CUT}
        gathering.take(checked, field, only=only)
        return _pin(checked, source)

    def _open(self, field: Field, gathering: Gathering) -> OpenFiles:
        """Return the declared files; PathRefusedError if any cannot be used, each one noted."""
        dataset = gathering.declared.spec.dataset
        written = dataset.train if field == TRAIN_FIELD else dataset.validation
        found: list[Found] = []
        for entry in [written] if isinstance(written, str) else cast("list[str]", written):
            with gathering.refusals(field):
                each = list(self._paths.find(entry))
                refuse_foreign(each)
                found.extend(each)
        return OpenFiles(self._paths, found)


def _pin(checked: Checked, source: DataSource) -> DataPin:
    return DataPin(
        digest=Digest(checked.digest),
        size=checked.size,
        examples=checked.examples,
        tokens=checked.tokens,
        tokens_exact=checked.tokens_exact,
        tokens_bound=checked.tokens_bound,
        paths=source.paths,
        source=source,
    )
