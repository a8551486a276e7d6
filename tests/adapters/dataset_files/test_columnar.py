"""Parquet, Arrow and the folders they come in, and what is odd about them."""

import builtins
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import feather, ipc, parquet

from ftops.adapters.dataset_files.columnar import BATCH, columnar_records, is_columnar
from ftops.adapters.dataset_files.hub_folder import files_of_split
from ftops.adapters.dataset_files.importing import Source, import_file
from ftops.dataset.importing.convert import Conversion, to_rows
from ftops.errors import FtopsError

Rows = Sequence[Mapping[str, Any]]
FAQ: Rows = [{"question": "Where?", "answer": "Here."}, {"question": "When?", "answer": "Now."}]


def as_parquet(path: Path, rows: Rows) -> None:
    parquet.write_table(pa.Table.from_pylist(rows), path)


def as_feather(path: Path, rows: Rows) -> None:
    feather.write_feather(pa.Table.from_pylist(rows), path)


def as_stream(path: Path, rows: Rows) -> None:
    table = pa.Table.from_pylist(rows)
    with ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


Write = Callable[[Path, Rows], None]
WRITERS = pytest.mark.parametrize(
    "write",
    [
        pytest.param(as_parquet, id="Parquet"),
        pytest.param(as_feather, id="an Arrow file"),
        pytest.param(as_stream, id="an Arrow stream"),
    ],
)


@WRITERS
def test_every_record_is_read_in_order_whatever_the_name(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "data"
    rows = [{"question": f"{n}?", "answer": f"{n}."} for n in range(2 * BATCH + 3)]
    write(path, rows)
    assert is_columnar(path)
    found = list(columnar_records([path, path]))
    assert [one.fields for one in found] == rows * 2
    assert [one.line for one in found] == list(range(1, len(rows) * 2 + 1))


def test_what_is_null_was_never_there(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    call = {"id": "1", "function": {"name": "look", "arguments": "{}"}}
    rows: Rows = [
        {"messages": [{"role": "user", "content": "Hi"}], "tools": None},
        {"messages": [{"role": "assistant", "tool_calls": [call]}], "tools": [{"type": "x"}]},
    ]
    as_parquet(path, rows)
    assert [one.fields for one in columnar_records([path])] == [
        {"messages": [{"role": "user", "content": "Hi"}]},
        rows[1],
    ]


@WRITERS
def test_a_broken_file_is_an_error_with_its_name(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "data"
    write(path, FAQ)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FtopsError, match=r"data cannot be read: ") as caught:
        list(columnar_records([path]))
    assert "\n" not in str(caught.value)


def test_without_the_extra_its_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data.parquet"
    as_parquet(path, FAQ)
    honest = builtins.__import__

    def bare(name: str, *more: Any) -> ModuleType:  # noqa: ANN401 - as the import of Python has it
        if name == "pyarrow":
            raise ImportError(name)
        return honest(name, *more)

    monkeypatch.setattr(builtins, "__import__", bare)
    with pytest.raises(FtopsError, match="read with pyarrow, which is not installed") as caught:
        list(columnar_records([path]))
    assert caught.value.hint == "pip install 'ftops[hf]'"


def saved(folder: Path, rows: Rows, shards: int = 1) -> None:
    """Write what `Dataset.save_to_disk` writes."""
    folder.mkdir(parents=True)
    names = [f"data-{n:05d}-of-{shards:05d}.arrow" for n in range(shards)]
    for number, name in enumerate(names):
        as_stream(folder / name, rows[number::shards])
    state = {"_data_files": [{"filename": name} for name in names], "_split": None}
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")


def imported(source: Path, split: str | None = None) -> list[str]:
    """Import, and return what the first message of each row says."""
    target = source.parent / "out.jsonl"
    wanted = Source(path=str(source), kind="auto", split=split)
    import_file(wanted, target, Conversion(to_rows()))
    rows = map(json.loads, target.read_text(encoding="utf-8").splitlines())
    return [row["messages"][0]["content"] for row in rows]


def test_a_saved_dataset_is_read_in_its_own_order(tmp_path: Path) -> None:
    saved(tmp_path / "saved", FAQ, shards=2)
    as_stream(tmp_path / "saved" / "cache-1.arrow", FAQ)
    assert imported(tmp_path / "saved") == ["Where?", "When?"]


def test_saved_splits_are_chosen_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    saved(folder / "train", FAQ)
    saved(folder / "test", FAQ[1:])
    splits = {"splits": ["train", "test", "../elsewhere"]}
    (folder / "dataset_dict.json").write_text(json.dumps(splits), encoding="utf-8")
    assert imported(folder, "test") == ["When?"]
    with pytest.raises(FtopsError, match="holds several splits: test, train") as caught:
        files_of_split(folder, None)
    assert caught.value.hint == "choose one with --split NAME"
    with pytest.raises(FtopsError, match="has no split dev"):
        files_of_split(folder, "dev")


def test_a_split_without_a_name_is_called_so(tmp_path: Path) -> None:
    as_parquet(tmp_path / "a.parquet", FAQ)
    (tmp_path / "data").mkdir()
    as_parquet(tmp_path / "data" / "b.parquet", FAQ)
    with pytest.raises(FtopsError, match="several splits: one without a name, data"):
        files_of_split(tmp_path, None)


@pytest.mark.parametrize(
    ("names", "split", "expected"),
    [
        pytest.param(["b.parquet", "a.parquet"], None, ["a.parquet", "b.parquet"], id="files"),
        pytest.param(
            ["data/train-00001-of-00002.parquet", "data/train-00000-of-00002-abc.parquet"],
            None,
            ["data/train-00000-of-00002-abc.parquet", "data/train-00001-of-00002.parquet"],
            id="shards of one split",
        ),
        pytest.param(
            ["data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet"],
            "train",
            ["data/train-00000-of-00001.parquet"],
            id="shards of two",
        ),
        pytest.param(
            ["default/train/0000.parquet", "default/test/0000.parquet", "README.md"],
            "test",
            ["default/test/0000.parquet"],
            id="a folder for each split",
        ),
    ],
)
def test_the_files_of_a_folder_tell_their_split(
    tmp_path: Path, names: list[str], split: str | None, expected: list[str]
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert files_of_split(tmp_path, split) == [tmp_path / name for name in expected]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        pytest.param("{", "state.json cannot be read", id="no JSON"),
        pytest.param("[]", "holds no Parquet or Arrow file", id="no object"),
        pytest.param('{"_data_files": 7}', "holds no Parquet or Arrow file", id="no list"),
        pytest.param(
            '{"_data_files": [{"filename": "../x"}, {"filename": 1}, 7]}',
            "holds no Parquet or Arrow file",
            id="only files elsewhere",
        ),
    ],
)
def test_an_odd_saved_dataset_is_refused(tmp_path: Path, state: str, message: str) -> None:
    (tmp_path / "state.json").write_text(state, encoding="utf-8")
    with pytest.raises(FtopsError, match=message):
        files_of_split(tmp_path, None)


def test_an_empty_folder_and_a_split_of_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FtopsError, match="holds no Parquet or Arrow file"):
        imported(tmp_path)
    path = tmp_path / "faq.parquet"
    as_parquet(path, FAQ)
    with pytest.raises(FtopsError, match="is no folder"):
        imported(path, "train")
    assert not (tmp_path / "out.jsonl").exists()


def test_files_that_name_no_file_that_is_there_are_told(tmp_path: Path) -> None:
    saved(tmp_path / "saved", FAQ)
    (tmp_path / "saved" / "data-00000-of-00001.arrow").unlink()
    with pytest.raises(FtopsError, match="cannot be read: "):
        imported(tmp_path / "saved")
    assert not (tmp_path / "out.jsonl").exists()


def test_what_json_cannot_say_is_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "faq.parquet"
    as_parquet(path, [{"question": "Where?", "answer": b"\xff"}])
    with pytest.raises(FtopsError, match="record 1: its answer is no text"):
        imported(path)
