"""Find the rows that a lock was trained on, in the commits that may still have them."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from ftops.core.desired import DataSource, Declared
from ftops.core.lock import Lock
from ftops.core.names import Digest, SpecName
from ftops.core.spec import Split
from ftops.dataset.changes.data_change import Side
from ftops.dataset.changes.row_index import PlacedRows, TooManyRowsError
from ftops.errors import FtopsError, RecordError
from ftops.ports import Blob, History, LockReader, PastFiles, RowSource

MOST_COMMITS: Final = 20
MOST_BYTES: Final = 1 << 30
"""No more than this is taken out of git only to be compared."""

PROJECT_FILE: Final = "ftops.yaml"
_MAGIC: Final = ("*", "?", "[")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRows:
    """The rows of a dataset as some commit had it, while its files are at hand."""

    source: DataSource
    placed: PlacedRows
    rows: RowSource

    def texts(self, positions: Collection[int]) -> Mapping[int, bytes]:
        """Return the rows at these positions."""
        return self.rows.texts(self.source, positions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """One side of the data that a lock was trained on, and what declares that data now."""

    declared: Declared
    side: Side
    digest: Digest
    locks: LockReader


@dataclass(frozen=True, slots=True, kw_only=True)
class PastData:
    """Earlier versions of the project's data.

    `open_rows` and `read_spec` do with a folder what is done with the project: read the rows below
    it, and the spec of a name. `scratch` yields a folder that is gone afterwards.
    """

    history: History
    files: PastFiles
    scratch: Callable[[], AbstractContextManager[str]]
    open_rows: Callable[[str], RowSource]
    read_spec: Callable[[str, SpecName], Declared | None]

    @contextmanager
    def find(self, sought: Sought) -> Iterator[PastRows | None]:
        """Yield the rows of the sought dataset, None if no commit at hand has them."""
        with self.scratch() as scratch:
            found = None
            with suppress(FtopsError, OSError):
                found = next(self._finds(sought, scratch), None)
            yield found

    def _finds(self, sought: Sought, scratch: str) -> Iterator[PastRows]:
        seen: set[object] = set()
        room = MOST_BYTES
        for commit in self._commits(sought)[:MOST_COMMITS]:
            for number, spec in enumerate(self._specs(commit, sought, scratch)):
                listed = self.files.listing(commit, tuple(map(_folder_of, _written(spec, sought))))
                files = _fitting(listed, _written(spec, sought))
                state = (_shape_of(spec), *sorted((path, blob.id) for path, blob in files.items()))
                if files and state not in seen and _size(files) <= room:
                    seen.add(state)
                    room -= _size(files)
                    found = self._read(files, spec, sought, f"{scratch}/{commit}-{number}")
                    if found is not None:
                        yield found

    def _commits(self, sought: Sought) -> list[str]:
        """Return those whose lock holds the digest, then the last of the spec and its data."""
        locked = [
            version.commit
            for version in self.history.versions(sought.locks.path_of(sought.declared.name))
            if version.content is not None and _is_of(version.content, version.commit, sought)
        ]
        folders = tuple(map(_folder_of, _written(sought.declared, sought)))
        latest = self.files.commits((sought.declared.path, *folders), MOST_COMMITS)
        return list(dict.fromkeys((*locked, *latest)))

    def _specs(self, commit: str, sought: Sought, scratch: str) -> Iterator[Declared]:
        """Yield the spec as the commit had it, then as it is now."""
        folder = f"{scratch}/{commit}"
        declared = sought.declared
        with suppress(FtopsError, OSError):
            self.files.restore(self.files.listing(commit, (PROJECT_FILE, declared.path)), folder)
            then = self.read_spec(folder, declared.name)
            if then is not None and _has(then, sought.side):
                yield then
        if _has(declared, sought.side):
            yield declared

    def _read(
        self, files: Mapping[str, Blob], spec: Declared, sought: Sought, folder: str
    ) -> PastRows | None:
        with suppress(FtopsError, OSError, TooManyRowsError):
            self.files.restore(files, folder)
            rows = self.open_rows(folder)
            source = rows.source_of(spec, sought.side)
            placed = rows.read(source, spec.spec.method)
            if placed.digest == sought.digest:
                return PastRows(source=source, placed=placed, rows=rows)
        return None


def digest_in(lock: Lock, side: Side) -> Digest | None:
    """Return the digest of the data that the locked model was trained on."""
    dataset = lock.inputs.get("dataset")
    digest = dataset.get(side) if isinstance(dataset, Mapping) else None
    is_one = isinstance(digest, str) and _SHA256.fullmatch(digest)
    return Digest(str(digest)) if is_one else None


def _is_of(content: str, commit: str, sought: Sought) -> bool:
    try:
        lock = sought.locks.parse(content, commit)
    except RecordError:
        return False
    return digest_in(lock, sought.side) == sought.digest


def _has(declared: Declared, side: Side) -> bool:
    return side == "train" or declared.spec.dataset.validation is not None


def _shape_of(declared: Declared) -> str:
    """Return all in a spec that decides what becomes of the files' rows."""
    spec = declared.spec
    return repr((spec.dataset, spec.method, spec.seed))


def _written(declared: Declared, sought: Sought) -> tuple[str, ...]:
    """Return the paths and globs of one side, as the spec has them."""
    dataset = declared.spec.dataset
    wanted = dataset.validation
    written = dataset.train if sought.side == "train" or isinstance(wanted, Split) else wanted
    if written is None:
        return ()
    return (written,) if isinstance(written, str) else tuple(written)


def _folder_of(written: str) -> str:
    """Return the path itself, or the last folder before any wildcard."""
    parts = written.split("/")
    plain = next((n for n, part in enumerate(parts) if any(map(part.__contains__, _MAGIC))), None)
    return "/".join(parts[:plain]) or "."


def _fitting(listed: Mapping[str, Blob], written: Collection[str]) -> dict[str, Blob]:
    """Return the listed files that any path or glob may mean, `**` also for no folder at all."""
    patterns = {*written, *(each.replace("**/", "") for each in written)}
    return {
        path: blob
        for path, blob in listed.items()
        if any(path == each or fnmatchcase(path, each) for each in patterns)
    }


def _size(files: Mapping[str, Blob]) -> int:
    return sum(each.size for each in files.values())
