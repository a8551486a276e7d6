"""A copy without personal data: whole or not there, and never in the place of anything."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.rewriting import anonymise_file
from ftops.core.progress import Reading
from ftops.errors import DatasetError, FtopsError
from ftops.ports import Readers
from tests.adapters.dataset_files.test_unpacking import zstd

KEY = b"k" * 32
MAIL = "mira.oldfield@quietharbor-mail.net"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"a": MAIL}) + "\n", encoding="utf-8")
    return path


def test_the_copy_is_written_and_the_source_stays(source: Path) -> None:
    before = source.read_bytes()
    done = anonymise_file(source, source.parent / "out.jsonl", KEY)
    assert (done.rows, done.rewritten) == (1, 1)
    assert b"@example.com" in (source.parent / "out.jsonl").read_bytes()
    assert source.read_bytes() == before
    assert sorted(one.name for one in source.parent.iterdir()) == ["in.jsonl", "out.jsonl"]


class Watch:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Reading] = []

    def tell(self, reading: Reading) -> None:
        self.told.append(reading)


def test_a_large_source_tells_how_far_it_is_read(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftops.adapters.dataset_files.paths.LARGE", 1)
    watch = Watch()
    anonymise_file(source, source.parent / "out.jsonl", KEY, Readers(watch=watch))
    size = source.stat().st_size
    assert [(one.name, one.size, one.done) for one in watch.told][-1] == (str(source), size, size)


@pytest.mark.parametrize("target", ["in.jsonl", "./in.jsonl", "link", "dangling", "hard"])
def test_nothing_is_ever_replaced(source: Path, target: str) -> None:
    (source.parent / "link").symlink_to(source)
    (source.parent / "dangling").symlink_to(source.parent / "nowhere")
    (source.parent / "hard").hardlink_to(source)
    before = source.read_bytes()
    with pytest.raises(FtopsError, match="is there already"):
        anonymise_file(source, source.parent / target, KEY)
    assert source.read_bytes() == before


def test_what_comes_there_meanwhile_is_not_replaced(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = source.parent / "out.jsonl"
    target.write_text("mine", encoding="utf-8")
    monkeypatch.setattr("os.path.lexists", lambda _: False)
    with pytest.raises(FtopsError, match="is there already"):
        anonymise_file(source, target, KEY)
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_bad_line_leaves_nothing_behind(source: Path) -> None:
    source.write_text('{"a": 1}\nnonsense\n', encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        anonymise_file(source, source.parent / "out.jsonl", KEY)
    assert [one.line for one in caught.value.problems] == [2]
    assert [one.name for one in source.parent.iterdir()] == ["in.jsonl"]


def test_a_folder_that_is_not_there_is_told(source: Path) -> None:
    with pytest.raises(FtopsError, match="No such file or directory"):
        anonymise_file(source, source.parent / "no/out.jsonl", KEY)


@pytest.mark.parametrize(
    "pack",
    [pytest.param(gzip.compress, id="gzip"), pytest.param(zstd, id="zstd")],
)
def test_a_packed_source_is_read_as_what_is_in_it(
    source: Path, pack: Callable[[bytes], bytes]
) -> None:
    packed = source.parent / "in.jsonl.packed"
    packed.write_bytes(pack(source.read_bytes()))
    anonymise_file(packed, source.parent / "out.jsonl", KEY)
    assert json.loads((source.parent / "out.jsonl").read_bytes())["a"].endswith("@example.com")


def test_a_table_is_told_the_next_command(source: Path) -> None:
    table = source.rename(source.parent / "in.csv")
    with pytest.raises(FtopsError, match=r"in\.csv is a table") as caught:
        anonymise_file(table, source.parent / "out.jsonl", KEY)
    assert (caught.value.hint or "").startswith("`ftops data import")


def test_files_are_written_one_by_one(source: Path) -> None:
    (source.parent / "in2.jsonl").write_bytes(source.read_bytes())
    with pytest.raises(FtopsError, match="is several files"):
        anonymise_file(source.parent / "in*.jsonl", source.parent / "out.jsonl", KEY)
