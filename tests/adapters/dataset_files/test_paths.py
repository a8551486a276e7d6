"""Tests of paths: what may be read, and every way out of the project that is closed."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.paths import DataPaths, Found, PathRefusedError
from ftops.cache.stamp import Stamp

STAMP = Stamp(device=1, inode=2, size=3, mtime_ns=4, ctime_ns=5)


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in (
        "datasets/b.jsonl",
        "datasets/a.jsonl",
        "datasets/deep/er/c.jsonl",
        "datasets/.hidden.jsonl",
        "datasets/notes.md",
        "datasets/odd[1].jsonl",
    ):
        write(root / name)
    (root / "datasets" / "folder.jsonl").mkdir()
    write(tmp_path / "outside" / "secret.jsonl")
    return root


def write(path: Path, text: str = "{}\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def found(root: Path, written: str, *, allow_outside: bool = False) -> list[str]:
    paths = DataPaths(root, allow_outside=allow_outside)
    return [one.shown for one in paths.find(written)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("datasets/a.jsonl", ["datasets/a.jsonl"], id="a file"),
        pytest.param("./datasets//a.jsonl", ["datasets/a.jsonl"], id="in another spelling"),
        pytest.param("x/../datasets/a.jsonl", ["datasets/a.jsonl"], id="with a detour"),
        pytest.param("datasets/?.jsonl", ["datasets/a.jsonl", "datasets/b.jsonl"], id="a glob"),
        pytest.param("datasets/[b-z].jsonl", ["datasets/b.jsonl"], id="a glob of a range"),
        pytest.param(
            "datasets/**/*.jsonl",
            [
                "datasets/a.jsonl",
                "datasets/b.jsonl",
                "datasets/deep/er/c.jsonl",
                "datasets/odd[1].jsonl",
            ],
            id="a glob of all folders, without hidden files",
        ),
        pytest.param("datasets/**", None, id="a glob of everything"),
        pytest.param("datasets/odd[1].jsonl", ["datasets/odd[1].jsonl"], id="a file like a glob"),
    ],
)
def test_files_are_found_in_order(root: Path, written: str, expected: list[str] | None) -> None:
    names = found(root, written)
    assert names == (expected or sorted(names))
    assert all((root / name).is_file() for name in names)


def test_a_link_inside_the_project_is_followed(root: Path) -> None:
    (root / "link.jsonl").symlink_to("datasets/a.jsonl")
    (root / "data").symlink_to(root / "datasets")
    assert found(root, "link.jsonl") == ["link.jsonl"]
    assert found(root, "data/a.jsonl") == ["data/a.jsonl"]


def test_a_project_under_a_link_is_still_a_project(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    assert found(tmp_path / "alias", "datasets/a.jsonl") == ["datasets/a.jsonl"]


def link(root: Path, target: str) -> None:
    (root / "datasets" / "link.jsonl").symlink_to(target)


def link_to_a_file(root: Path) -> None:
    link(root, "../../outside/secret.jsonl")


def link_in_a_chain(root: Path) -> None:
    (root / "first.jsonl").symlink_to(root.parent / "outside" / "secret.jsonl")
    link(root, "../first.jsonl")


def link_of_a_folder(root: Path) -> None:
    (root / "datasets" / "link.jsonl").symlink_to(root.parent / "outside")


def nothing(root: Path) -> None:
    del root


@pytest.mark.parametrize(
    ("prepare", "written"),
    [
        pytest.param(nothing, "../outside/secret.jsonl", id="dots"),
        pytest.param(nothing, "..", id="the folder above"),
        pytest.param(nothing, "datasets/../../outside/secret.jsonl", id="dots further in"),
        pytest.param(nothing, "../outside/*.jsonl", id="dots in a glob"),
        pytest.param(nothing, "datasets/**/../../../outside/*", id="dots behind a wildcard"),
        pytest.param(nothing, "/etc/hostname", id="an absolute path"),
        pytest.param(nothing, "/proc/self/environ", id="our own environment"),
        pytest.param(nothing, "~/secret.jsonl", id="a home folder"),
        pytest.param(nothing, "~root/secret.jsonl", id="somebody's home folder"),
        pytest.param(link_to_a_file, "datasets/link.jsonl", id="a link to a file"),
        pytest.param(link_to_a_file, "datasets/*.jsonl", id="a link that a glob finds"),
        pytest.param(link_in_a_chain, "datasets/link.jsonl", id="a chain of links"),
        pytest.param(link_of_a_folder, "datasets/link.jsonl/secret.jsonl", id="a linked folder"),
    ],
)
def test_no_way_leads_out_of_the_project(
    root: Path, prepare: Callable[[Path], None], written: str
) -> None:
    prepare(root)
    with pytest.raises(PathRefusedError, match="leads out of the project") as caught:
        found(root, written)
    assert "allow_outside" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("prepare", "written"),
    [
        pytest.param(nothing, "../outside/secret.jsonl", id="dots"),
        pytest.param(nothing, "../outside/*.jsonl", id="dots in a glob"),
        pytest.param(nothing, "~/secret.jsonl", id="the home folder"),
        pytest.param(link_to_a_file, "datasets/link.jsonl", id="a link to a file"),
    ],
)
def test_a_project_may_allow_the_way_out(
    root: Path,
    prepare: Callable[[Path], None],
    written: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(root.parent / "outside"))
    prepare(root)
    paths = DataPaths(root, allow_outside=True)
    (one,) = paths.find(written)
    with paths.open(one) as stream:
        assert stream.read() == b"{}\n"


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


def an_empty_file(path: Path) -> None:
    path.touch()


def a_broken_link(path: Path) -> None:
    path.symlink_to("nowhere.jsonl")


def a_circle(path: Path) -> None:
    path.symlink_to(path.name)


def test_a_link_to_nowhere_is_called_one(root: Path) -> None:
    (root / "datasets" / "x.jsonl").symlink_to("../gone.jsonl")
    with pytest.raises(PathRefusedError) as caught:
        found(root, "datasets/x.jsonl")
    assert caught.value.hint == "it is a symbolic link to ../gone.jsonl, and nothing is there"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(a_folder, "is a folder", id="a folder"),
        pytest.param(a_pipe, "no regular file", id="a pipe that would block"),
        pytest.param(a_socket, "no regular file", id="a socket"),
        pytest.param(an_empty_file, "is empty", id="an empty file"),
        pytest.param(a_broken_link, "does not exist", id="a broken link"),
        pytest.param(a_circle, "cannot be read", id="a link to itself"),
    ],
)
def test_what_is_no_file_of_rows_is_refused(
    root: Path, make: Callable[[Path], None], message: str
) -> None:
    make(root / "datasets" / "x.jsonl")
    with pytest.raises(PathRefusedError, match=f"datasets/x.jsonl.*{message}"):
        found(root, "datasets/x.jsonl")


def test_a_device_is_refused_even_where_outside_is_allowed(root: Path) -> None:
    with pytest.raises(PathRefusedError, match="no regular file"):
        found(root, "/dev/zero", allow_outside=True)


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        pytest.param(
            "datasets/aa.jsonl", "does not exist", "did you mean a.jsonl?", id="nearly right"
        ),
        pytest.param(
            "datasets/xyz", "does not exist", "paths start at the folder of", id="not at all"
        ),
        pytest.param(
            "datasets/lost.jsonl", "does not exist", "paths start at", id="alike in its suffix only"
        ),
        pytest.param("data/a.jsonl", "does not exist", "no folder data/", id="no such folder"),
        pytest.param(
            "datasets/a.jsonl/b", "cannot be read: Not a directory", None, id="a file as a folder"
        ),
        pytest.param("datasets/*.csv", "matches no file", "globs start at", id="an empty glob"),
        pytest.param(
            "datasets/fol*", "matches no file", "globs start at", id="a glob of folders alone"
        ),
        pytest.param("a\0b", "NUL", None, id="a NUL"),
        pytest.param("x" * 5000, "cannot be read", None, id="a path too long"),
    ],
)
def test_a_file_that_is_not_there_is_told(
    root: Path, written: str, message: str, hint: str | None
) -> None:
    with pytest.raises(PathRefusedError, match=message) as caught:
        found(root, written)
    assert (caught.value.hint is None) if hint is None else (hint in str(caught.value.hint))


def test_a_link_put_in_the_way_after_the_look_is_not_followed(root: Path) -> None:
    paths = DataPaths(root, allow_outside=False)
    before = paths.file("datasets/deep/er/c.jsonl")
    (root / "datasets" / "deep").rename(root / "datasets" / "away")
    (root / "datasets" / "deep").symlink_to(root / "datasets" / "away")
    with pytest.raises(PathRefusedError, match="cannot be read"):
        paths.open(before)


def test_a_pipe_put_in_the_way_after_the_look_does_not_block(root: Path) -> None:
    paths = DataPaths(root, allow_outside=False)
    before = paths.file("datasets/a.jsonl")
    Path(before.real).unlink()
    os.mkfifo(before.real)
    with pytest.raises(PathRefusedError, match="no regular file"):
        paths.open(before)


def test_a_file_that_vanished_after_the_look_is_told(root: Path) -> None:
    paths = DataPaths(root, allow_outside=False)
    with pytest.raises(PathRefusedError, match=r"gone\.jsonl cannot be read: No such file"):
        paths.open(Found(shown="gone.jsonl", real=str(root / "gone.jsonl"), stamp=STAMP))
