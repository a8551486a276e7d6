"""A new file is there whole or not at all, and replaces nothing."""

import errno
import resource
import signal
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.given import given_files
from ftops.adapters.dataset_files.new_file import new_file, refuse_existing
from ftops.errors import FtopsError


def put(target: Path, content: bytes = b"new\n") -> None:
    with new_file(target) as stream:
        stream.write(content)


def put_while_another_comes(target: Path) -> None:
    with new_file(target) as stream:
        stream.write(b"new\n")
        target.write_bytes(b"old\n")


def put_half(target: Path) -> None:
    with new_file(target) as stream:
        stream.write(b"half")
        raise KeyError


def copy(folder: Path, name: str, target: Path) -> None:
    with new_file(target) as stream, given_files(folder, [name]) as files:
        stream.writelines(files.lines())
        stream.flush()


def test_the_file_is_there_afterwards_and_alone(tmp_path: Path) -> None:
    put(tmp_path / "a")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a", b"new\n")]


def test_what_comes_there_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "a"
    with pytest.raises(FtopsError, match="a is there already") as caught:
        put_while_another_comes(target)
    assert caught.value.hint == "nothing was replaced"
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a", b"old\n")]


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        put_half(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_dangling_link_is_there_too(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    with pytest.raises(FtopsError, match="is there already"):
        refuse_existing(tmp_path / "a")


def test_a_file_that_grows_too_large_is_told_as_written(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"x" * 999 + b"\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, before[1]))
    try:
        with pytest.raises(FtopsError, match="out cannot be written: File too large"):
            copy(tmp_path, "in.jsonl", tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert [one.name for one in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_disk_that_cannot_be_read_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"x\n")
    with (
        pytest.raises(FtopsError, match="the data cannot be read: Input/output error"),
        given_files(tmp_path, ["in.jsonl"]),
    ):
        raise OSError(errno.EIO, "Input/output error")


def test_a_reader_who_left_is_no_trouble_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"x\n")
    with pytest.raises(BrokenPipeError), given_files(tmp_path, ["in.jsonl"]):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
