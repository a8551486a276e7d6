"""The RowSource port over files: rows as digests, kept by dataset, and as texts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from ftops.adapters.dataset_files.paths import DataPaths, Found, PathRefusedError
from ftops.adapters.dataset_files.reading import TRAIN, OpenFiles, split_source
from ftops.adapters.dataset_files.row_indexes import RowIndexes
from ftops.core.desired import DataSource, Declared
from ftops.core.names import Digest
from ftops.core.shaping import shaping_of
from ftops.core.spec import Split
from ftops.dataset.changes.data_change import Side
from ftops.dataset.changes.read_placed import read_placed
from ftops.dataset.changes.row_index import PlacedRows, RowIndex
from ftops.errors import DatasetError, Problem


class RowFiles:
    """The rows of data below `root`."""

    def __init__(self, root: Path, *, allow_outside: bool = False) -> None:
        self._paths = DataPaths(root, allow_outside=allow_outside)
        self._indexes = RowIndexes(root)

    def kept(self, digest: Digest, method: str) -> RowIndex | None:
        """Return the index of a dataset that was read before."""
        return self._indexes.find(digest, method)

    def keep(self, rows: PlacedRows, method: str) -> None:
        """Keep the index for later."""
        self._indexes.keep(Digest(rows.digest), method, rows.index)

    def source_of(self, declared: Declared, side: Side) -> DataSource:
        """Return how one side's bytes are made; DatasetError for files that are not there."""
        spec = declared.spec
        wanted = spec.dataset.validation
        is_split = isinstance(wanted, Split)
        written = spec.dataset.train if side == TRAIN or is_split else wanted
        try:
            paths = tuple(one.shown for one in self._find(cast("str | list[str] | None", written)))
        except (PathRefusedError, OSError) as error:
            raise _unread(str(error), declared.path) from error
        if isinstance(wanted, Split):
            return replace(split_source(spec, wanted, paths), side=side)
        shaping = shaping_of(spec, draws=side == TRAIN)
        if shaping is None:
            return DataSource(paths=paths)
        return DataSource(paths=paths, side=side, shaping=shaping)

    def read(self, source: DataSource, method: str) -> PlacedRows:
        """Read every row; DatasetError for what cannot be read, TooManyRowsError for too much."""
        try:
            with self._open(source) as files:
                return read_placed(files.placed(source), files.shown, method)
        except (PathRefusedError, OSError) as error:
            raise _unread(str(error), source.paths[0]) from error

    def texts(self, source: DataSource, positions: Collection[int]) -> Mapping[int, bytes]:
        """Return the rows at these positions as they are uploaded; DatasetError like `read`."""
        if not positions:
            return {}
        found: dict[int, bytes] = {}
        last, at = max(positions), -1
        try:
            with self._open(source) as files:
                for _, _, uploaded in files.placed(source):
                    at += bool(uploaded.strip())
                    if uploaded.strip() and at in positions:
                        found[at] = uploaded
                    if at >= last:
                        break
        except (PathRefusedError, OSError) as error:
            raise _unread(str(error), source.paths[0]) from error
        return found

    def _find(self, written: str | Sequence[str] | None) -> list[Found]:
        entries = [written] if isinstance(written, str) else written or ()
        return [one for entry in entries for one in self._paths.find(entry)]

    def _open(self, source: DataSource) -> OpenFiles:
        return OpenFiles(self._paths, [self._paths.file(each) for each in source.paths])


def _unread(message: str, path: str) -> DatasetError:
    return DatasetError([Problem(message=message, path=path)])
