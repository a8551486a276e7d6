"""Files as commits had them, from real repositories."""

from pathlib import Path

import pytest

from ftops.adapters.git import calls
from ftops.adapters.git.past import GitPast
from ftops.ports import PastFiles
from tests.adapters.git.repositories import commit, git, write


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def test_the_checked_out_commit_comes_first_then_those_that_changed_the_paths(
    repository: Path,
) -> None:
    write(repository / "a", "1")
    first = commit(repository, "One")
    write(repository / "b", "1")
    commit(repository, "Two")
    write(repository / "a", "2")
    third = commit(repository, "Three")
    write(repository / "b", "2")
    last = commit(repository, "Four")
    ours: PastFiles = GitPast(repository)
    assert ours.commits(["a"], 9) == (last, third, first)
    assert ours.commits(["a"], 1) == (last, third)
    assert ours.commits(["nothing"], 9) == (last,)


def test_files_come_back_byte_for_byte(repository: Path, tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf{}\r\n\0\xff"
    where = repository / "datasets" / "näme of it.jsonl"
    where.parent.mkdir()
    where.write_bytes(content)
    (repository / "datasets" / "link").symlink_to("/etc/passwd")
    write(repository / "other", "1")
    sha = commit(repository, "One")
    where.write_bytes(b"changed")
    ours = GitPast(repository)
    listed = ours.listing(sha, ["datasets"])
    assert {path: blob.size for path, blob in listed.items()} == {
        "datasets/näme of it.jsonl": len(content)
    }
    ours.restore(listed, str(tmp_path / "then"))
    assert (tmp_path / "then/datasets/näme of it.jsonl").read_bytes() == content


def test_paths_are_from_the_project_s_root_also_below_the_repository_s(repository: Path) -> None:
    write(repository / "project/datasets/a", "1")
    sha = commit(repository, "One")
    assert list(GitPast(repository / "project").listing(sha, ["datasets"])) == ["datasets/a"]
    assert list(GitPast(repository / "project").listing(sha, ["."])) == ["datasets/a"]


def test_outside_a_repository_nothing_is_known(tmp_path: Path) -> None:
    ours = GitPast(tmp_path)
    assert ours.commits(["a"], 9) == ()
    assert ours.listing("HEAD", ["a"]) == {}


def test_a_file_that_is_in_the_way_is_an_error(repository: Path, tmp_path: Path) -> None:
    write(repository / "a", "1")
    sha = commit(repository, "One")
    ours = GitPast(repository)
    write(tmp_path / "then" / "a", "there already")
    with pytest.raises(FileExistsError):
        ours.restore(ours.listing(sha, ["a"]), str(tmp_path / "then"))


def test_without_git_nothing_is_written(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository / "a", "1")
    ours = GitPast(repository)
    listed = ours.listing(commit(repository, "One"), ["a"])
    monkeypatch.setattr(calls, "HAS_GIT", False)
    ours.restore(listed, str(tmp_path / "then"))
    assert (tmp_path / "then" / "a").read_bytes() == b""


def test_a_shallow_clone_knows_that_it_is_one(repository: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        write(repository / "a", str(number))
        commit(repository, "More")
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "clone")
    assert GitPast(tmp_path / "clone").are_cut_off()
    assert not GitPast(repository).are_cut_off()
    assert not GitPast(tmp_path).are_cut_off()
