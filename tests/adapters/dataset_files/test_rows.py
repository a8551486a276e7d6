"""Rows are found where they stand, and a kept index is never believed when it is odd."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from ftops.adapters.dataset_files import row_indexes
from ftops.adapters.dataset_files.row_indexes import RowIndexes
from ftops.adapters.dataset_files.rows import RowFiles
from ftops.cache.index_file import IndexFile
from ftops.core.desired import DataSource
from ftops.core.names import Digest
from ftops.dataset.changes.data_change import Side
from ftops.errors import DatasetError
from ftops.ports import RowSource
from tests.adapters.dataset_files.test_source import TRAIN, VALID, pin, row, rows, sha256, write
from tests.fakes.specs import declared

METHOD = "supervised"
BOTH: tuple[Side, Side] = ("train", "validation")


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param({"train": TRAIN}, id="one file"),
        pytest.param({"train": TRAIN, "validation": VALID}, id="two sides"),
        pytest.param({"train": [TRAIN, VALID]}, id="joined"),
        pytest.param({"train": "datasets/*.jsonl", "validation": {"split": 0.2}}, id="split"),
        pytest.param({"train": TRAIN, "system": "Be kind."}, id="shaped"),
        pytest.param(
            {
                "train": [TRAIN, VALID],
                "sample": {"rows": 15},
                "filter": {"without": "7"},
                "validation": {"split": 0.2},
            },
            id="filtered, drawn and split",
        ),
    ],
)
def test_the_rows_are_those_that_are_uploaded(tmp_path: Path, dataset: dict[str, object]) -> None:
    write(tmp_path, TRAIN, rows(1, 20))
    write(tmp_path, VALID, rows(31, 52))
    pins, _ = pin(tmp_path, dataset)
    ours: RowSource = RowFiles(tmp_path)
    for side, one in zip(BOTH, (pins.training, pins.validation), strict=True):
        if one is None:
            continue
        assert ours.source_of(declared(dataset=dataset), side) == one.source
        placed = ours.read(one.source, METHOD)
        assert (placed.digest, len(placed.index)) == (one.digest, one.examples)
        texts = ours.texts(one.source, range(one.examples))
        for at, text in texts.items():
            file, line = placed.place(at)
            written = (tmp_path / file).read_text("utf-8-sig").splitlines()[line - 1]
            said = msgspec.json.decode(text)["messages"][-1]["content"]
            assert said in written
        assert sha256(b"".join(texts.values()).decode()) == one.digest


def test_only_the_wanted_texts_are_read(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, "\n" + rows(1, 12))
    source = DataSource(paths=(TRAIN,))
    assert RowFiles(tmp_path).texts(source, [1]) == {1: f"{row(2)}\n".encode()}
    assert RowFiles(tmp_path).texts(source, []) == {}
    assert RowFiles(tmp_path).texts(source, [99]) == {}


def test_files_that_are_gone_are_an_error_with_their_name(tmp_path: Path) -> None:
    write(tmp_path, VALID, rows(1, 12))
    ours, gone = RowFiles(tmp_path), DataSource(paths=(TRAIN,))
    for ask in (
        lambda: ours.read(gone, METHOD),
        lambda: ours.texts(gone, [1]),
        lambda: ours.source_of(declared(dataset={"train": TRAIN}), "train"),
    ):
        with pytest.raises(DatasetError, match="does not exist"):
            ask()


def kept_in(root: Path) -> tuple[RowFiles, Digest]:
    """Keep the index of some rows, and return the dataset's digest."""
    write(root, TRAIN, rows(1, 12))
    ours = RowFiles(root)
    placed = ours.read(DataSource(paths=(TRAIN,)), METHOD)
    ours.keep(placed, METHOD)
    digest = Digest(placed.digest)
    assert RowFiles(root).kept(digest, METHOD) == placed.index
    return ours, digest


def test_an_index_is_of_one_dataset_and_one_method(tmp_path: Path) -> None:
    ours, digest = kept_in(tmp_path)
    assert ours.kept(digest, "dpo") is None
    other = Digest("0" * 64)
    assert ours.kept(other, METHOD) is None
    folder = tmp_path / ".ftops" / "rows"
    (folder / digest).rename(folder / other)
    assert ours.kept(other, METHOD) is None


def other_schema(content: bytes) -> bytes:
    made, *columns = msgspec.msgpack.decode(content)
    return msgspec.msgpack.encode([[made[0] + 1, *made[1:]], *columns])


def uneven(content: bytes) -> bytes:
    made, first, *columns = msgspec.msgpack.decode(content)
    return msgspec.msgpack.encode([made, first[:-8], *columns])


def torn(content: bytes) -> bytes:
    made, first, *columns = msgspec.msgpack.decode(content)
    return msgspec.msgpack.encode([made, first[:-3], *columns])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(other_schema, id="made by other rules"),
        pytest.param(uneven, id="columns of different length"),
        pytest.param(torn, id="half a digest"),
        pytest.param(lambda _: b"\xc1", id="no message at all"),
        pytest.param(lambda _: b"", id="nothing"),
    ],
)
def test_an_odd_index_is_not_there(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    ours, digest = kept_in(tmp_path)
    file = IndexFile(tmp_path / ".ftops" / "rows", digest)
    content = file.read()
    assert content is not None
    file.write(change(content))
    assert ours.kept(digest, METHOD) is None


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    ours, digest = kept_in(tmp_path)
    path = tmp_path / ".ftops" / "rows" / digest
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    assert ours.kept(digest, METHOD) is None


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        pytest.param("MOST_KEPT", 2, id="by number"),
        pytest.param("MOST_BYTES", 1_000, id="by size"),
    ],
)
def test_the_oldest_indexes_are_given_up(
    tmp_path: Path, limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_indexes, limit, value)
    write(tmp_path, TRAIN, rows(1, 12))
    index = RowFiles(tmp_path).read(DataSource(paths=(TRAIN,)), METHOD).index
    indexes = RowIndexes(tmp_path)
    digests = [Digest(letter * 64) for letter in "abcd"]
    for age, digest in enumerate(digests):
        indexes.keep(digest, METHOD, index)
        path = tmp_path / ".ftops" / "rows" / digest
        os.utime(path, ns=(age, age))
    left = [digest[0] for digest in digests if indexes.find(digest, METHOD)]
    assert left == ["c", "d"]


def test_the_last_index_stays_however_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_indexes, "MOST_BYTES", 1)
    kept_in(tmp_path)


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / ".ftops").write_text("in the way", encoding="utf-8")
    write(tmp_path, TRAIN, rows(1, 12))
    ours = RowFiles(tmp_path)
    placed = ours.read(DataSource(paths=(TRAIN,)), METHOD)
    ours.keep(placed, METHOD)
    assert ours.kept(Digest(placed.digest), METHOD) is None
