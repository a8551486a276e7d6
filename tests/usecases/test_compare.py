"""What a comparison says when it cannot compare: a sentence, and never a refusal."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from ftops.core.desired import DataSource, Declared
from ftops.core.history import Version
from ftops.core.names import Digest, SpecName
from ftops.dataset.changes.data_change import Side
from ftops.dataset.changes.row_index import (
    NOTHING,
    PlacedRows,
    RowIndex,
    TooManyRowsError,
    no_digests,
)
from ftops.errors import DatasetError, HistoryError, Problem
from ftops.ports import Blob
from ftops.usecases.compare import CUT_OFF, LOST, MOVED, TOO_MANY, Comparing
from ftops.usecases.past_rows import PastData, digest_in
from ftops.usecases.plan import Prepared
from tests.fakes.specs import data_pin, declared, desired, lock
from tests.fakes.stage import Stage

GONE = DatasetError([Problem(message="gone meanwhile")])


@dataclass
class MemoryRows:
    """The port's RowSource: a dataset has the rows of its number, or none but an error."""

    digest: Digest
    error: Exception | None = None
    indexes: dict[str, RowIndex] = field(default_factory=dict)

    def kept(self, digest: Digest, method: str) -> RowIndex | None:
        return self.indexes.get(digest) if method else None

    def keep(self, rows: PlacedRows, method: str) -> None:
        if method:
            self.indexes[rows.digest] = rows.index

    def source_of(self, declared: Declared, side: Side) -> DataSource:
        return DataSource(paths=(declared.path,), side=side)

    def read(self, source: DataSource, method: str) -> PlacedRows:
        del method
        if self.error is not None:
            raise self.error
        index = RowIndex()
        index.note(1, 1, NOTHING)
        places = no_digests()
        places.append(1)
        return PlacedRows(digest=self.digest, index=index, files=source.paths, places=places)

    def texts(self, source: DataSource, positions: Collection[int]) -> Mapping[int, bytes]:
        del source, positions
        raise GONE


class NoHistory:
    """The ports History and PastFiles outside a repository, or failing as told."""

    def __init__(self, error: Exception | None = None, *, is_shallow: bool = False) -> None:
        self._error = error
        self._is_shallow = is_shallow

    def are_cut_off(self) -> bool:
        if self._error is not None:
            raise self._error
        return self._is_shallow

    def head(self) -> str | None:
        return None

    def is_dirty(self, paths: Sequence[str]) -> bool:
        return bool(paths)

    def versions(self, path: str) -> tuple[Version, ...]:
        del path
        if self._error is not None:
            raise self._error
        return ()

    def commits(self, paths: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(paths[:0])[:most]

    def listing(self, commit: str, paths: Sequence[str]) -> Mapping[str, Blob]:
        raise AssertionError(commit, paths)

    def restore(self, files: Mapping[str, Blob], folder: str) -> None:
        raise AssertionError(files, folder)


@contextmanager
def no_scratch(error: Exception | None = None) -> Iterator[str]:
    if error is not None:
        raise error
    yield "scratch"


def comparing(
    rows: MemoryRows, *, most_told: int = 0, history: NoHistory | None = None, full: bool = False
) -> Comparing:
    past = history or NoHistory()
    return Comparing(
        rows=rows,
        past=PastData(
            history=past,
            files=past,
            scratch=lambda: no_scratch(OSError("full") if full else None),
            open_rows=lambda _: rows,
            read_spec=lambda _, name: declared(name),
        ),
        most_told=most_told,
    )


def one_row() -> RowIndex:
    index = RowIndex()
    index.note(2, 2, NOTHING)
    return index


OLD, NEW = (data_pin(rows).digest for rows in ("old", "new"))


def changed() -> Prepared:
    """Plan a spec that was trained on `old` and wants `new`."""
    stage = Stage(declared(dataset={"train": "old"}))
    stage.apply()
    stage.declare(declared(dataset={"train": "new"}))
    return stage.prepare()


UNREADABLE = DatasetError([Problem(message="it does not exist", path="new")])


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(comparing(MemoryRows(NEW)), LOST, id="outside a repository"),
        pytest.param(
            comparing(MemoryRows(NEW), history=NoHistory(HistoryError("slow"))),
            LOST,
            id="git does not answer",
        ),
        pytest.param(
            comparing(MemoryRows(NEW), history=NoHistory(is_shallow=True)),
            CUT_OFF,
            id="in a shallow clone",
        ),
        pytest.param(comparing(MemoryRows(NEW), full=True), LOST, id="no room to look"),
        pytest.param(comparing(MemoryRows(OLD)), MOVED, id="edited meanwhile"),
        pytest.param(comparing(MemoryRows(NEW, TooManyRowsError())), TOO_MANY, id="too many rows"),
        pytest.param(
            comparing(MemoryRows(NEW, UNREADABLE)), UNREADABLE.message, id="not to be read"
        ),
        pytest.param(
            comparing(MemoryRows(NEW, indexes={OLD: one_row()}), most_told=9),
            GONE.message,
            id="gone while it is told",
        ),
    ],
)
def test_what_cannot_be_compared_is_told_and_refuses_nothing(
    made: Comparing, expected: str
) -> None:
    [side] = made.changes(changed())[SpecName("triage")].sides
    assert (side.rows, side.unknown) == (None, expected)


def test_two_kept_indexes_are_enough() -> None:
    rows = MemoryRows(NEW, AssertionError(), indexes={OLD: one_row(), NEW: one_row()})
    [side] = comparing(rows).changes(changed())[SpecName("triage")].sides
    assert side.rows is not None
    assert side.rows.is_empty


def test_the_rows_of_a_launch_are_kept_once() -> None:
    rows = MemoryRows(NEW)
    plan = changed().plan
    comparing(rows).keep(plan)
    assert set(rows.indexes) == {NEW}
    rows.error = AssertionError()
    comparing(rows).keep(plan)
    rows.indexes.clear()
    rows.error = TooManyRowsError()
    comparing(rows).keep(plan)
    assert rows.indexes == {}


@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"dataset": "x"}, id="no sides"),
        pytest.param({"dataset": {"train": 7}}, id="a number"),
        pytest.param({"dataset": {"train": "../../etc/passwd"}}, id="a path"),
        pytest.param({"dataset": {"train": "A" * 64}}, id="no digits of ours"),
    ],
)
def test_only_a_digest_is_looked_for(inputs: dict[str, object]) -> None:
    odd = replace(lock(desired()), inputs=inputs)
    assert digest_in(odd, "train") is None


def test_an_odd_method_in_a_lock_is_not_believed() -> None:
    prepared = changed()
    [(target, locks)] = prepared.locks.items()
    odd = {
        name: replace(one, inputs={**one.inputs, "method": "magic"}) for name, one in locks.items()
    }
    rows = MemoryRows(NEW, indexes={OLD: one_row()})
    found = comparing(rows).changes(replace(prepared, locks={target: odd}))
    assert found[SpecName("triage")].sides[0].rows is not None
