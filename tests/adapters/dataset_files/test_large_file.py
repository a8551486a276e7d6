"""How far a large file is read is told after each block, whoever reads it."""

import gzip
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.paths import DataPaths
from ftops.adapters.dataset_files.reading import OpenFiles
from ftops.core.progress import Reading
from ftops.ports import Readers

CONTENT = b"x" * 1_500_000 + b"\n" + b"y" * 1_000_000


class Watch:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Reading] = []

    def tell(self, reading: Reading) -> None:
        self.told.append(reading)


def read(root: Path, name: str, watch: Watch, times: int = 1) -> list[bytes]:
    paths = DataPaths(root, allow_outside=False, readers=Readers(watch=watch))
    with OpenFiles(paths, list(paths.find(name))) as files:
        return [b"".join(files.lines()) for _ in range(times)]


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftops.adapters.dataset_files.paths.LARGE", 1000)


def test_each_block_is_told_and_the_end(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CONTENT)
    watch = Watch()
    assert read(tmp_path, "a.jsonl", watch) == [CONTENT]
    assert {(one.name, one.size) for one in watch.told} == {("a.jsonl", len(CONTENT))}
    done = [one.done for one in watch.told]
    assert done == sorted(done)
    assert len(set(done)) > 2
    assert (done[-1], watch.told[-1].is_over) == (len(CONTENT), True)
    assert not any(one.is_over for one in watch.told if one.done < len(CONTENT))


def test_a_second_pass_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(CONTENT)
    watch = Watch()
    assert read(tmp_path, "a.jsonl", watch, times=2) == [CONTENT, CONTENT]
    done = [one.done for one in watch.told]
    again = done[done.index(len(CONTENT)) :]
    assert min(again) < len(CONTENT)
    assert max(done) == len(CONTENT)


def test_a_packed_file_tells_its_packed_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(CONTENT)
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    watch = Watch()
    assert read(tmp_path, "a.jsonl.gz", watch)[0].startswith(CONTENT)
    assert max(one.done for one in watch.told) == len(packed)


def test_a_small_file_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    watch = Watch()
    read(tmp_path, "a.jsonl", watch)
    assert watch.told == []
