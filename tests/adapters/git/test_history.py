"""Tests of git's answers, on real repositories, some of them hostile."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftops.adapters.git import calls
from ftops.adapters.git.history import GitHistory
from ftops.errors import HistoryError
from ftops.ports import History
from tests.adapters.git.repositories import commit, git, write


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def test_the_commit_and_its_branch_are_told(repository: Path) -> None:
    write(repository / "file", "1")
    sha = commit(repository, "One")
    ours: History = GitHistory(repository)
    assert ours.head() == sha
    assert GitHistory(repository).branch() == "main"
    assert GitHistory(repository).template_variables() == {
        "sha": sha,
        "short_sha": sha[:7],
        "branch": "main",
    }


def test_where_the_remote_is(repository: Path) -> None:
    assert GitHistory(repository).remote_address() is None
    git(repository, "remote", "add", "origin", "git@git.acme.example:acme/bots.git")
    assert GitHistory(repository).remote_address() == "git@git.acme.example:acme/bots.git"


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    write(repository / "file", "1")
    sha = commit(repository, "One")
    git(repository, "checkout", "--quiet", "--detach")
    assert GitHistory(repository).branch() is None
    assert GitHistory(repository).template_variables() == {"sha": sha, "short_sha": sha[:7]}


def assert_knows_nothing(history: GitHistory) -> None:
    assert history.head() is None
    assert history.versions("file") == ()


def test_outside_a_repository_nothing_is_known(tmp_path: Path) -> None:
    write(tmp_path / "file", "1")
    history = GitHistory(tmp_path)
    assert_knows_nothing(history)
    assert history.branch() is None
    assert history.template_variables() == {}
    assert not history.is_dirty(["file"])


def test_before_the_first_commit_only_the_branch_is_known(repository: Path) -> None:
    write(repository / "file", "1")
    history = GitHistory(repository)
    assert_knows_nothing(history)
    assert history.template_variables() == {"branch": "main"}
    assert history.is_dirty(["file"])


def test_where_gitpython_found_no_git_nothing_is_known(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository / "file", "1")
    commit(repository, "One")
    monkeypatch.setattr(calls, "HAS_GIT", False)
    assert_knows_nothing(GitHistory(repository))


def test_gitpython_may_be_imported_where_there_is_no_git(tmp_path: Path) -> None:
    program = "import ftops.adapters.git.calls as ours; assert not ours.HAS_GIT"
    subprocess.run([sys.executable, "-c", program], env={"PATH": str(tmp_path)}, check=True)


@pytest.mark.parametrize(
    "without", [pytest.param("git", id="without git"), pytest.param("env", id="without env")]
)
def test_where_a_program_is_gone_nothing_is_known(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    write(repository / "file", "1")
    commit(repository, "One")
    programs = tmp_path / "programs"
    programs.mkdir()
    if without == "git":
        (programs / "env").symlink_to("/usr/bin/env")
    monkeypatch.setenv("PATH", str(programs))
    assert_knows_nothing(GitHistory(repository))


@pytest.mark.parametrize(
    ("change", "paths", "expected"),
    [
        pytest.param(None, ["specs/a.lock"], False, id="as committed"),
        pytest.param(("specs/a.lock", "2"), ["specs/a.lock"], True, id="changed"),
        pytest.param(("specs/a.lock", "2"), ["specs"], True, id="changed in a folder"),
        pytest.param(("specs/a.lock", "2"), ["specs/b.lock"], False, id="another file changed"),
        pytest.param(("specs/new.lock", "1"), ["specs/new.lock"], True, id="never committed"),
        pytest.param(("specs/a.lock", "2"), ["specs/*.lock"], False, id="no wildcard is expanded"),
        pytest.param(("specs/a.lock", "2"), ["--help"], False, id="no option is taken"),
        pytest.param(("specs/a.lock", "2"), [], False, id="nothing asked"),
    ],
)
def test_dirt_is_seen(
    repository: Path, change: tuple[str, str] | None, paths: list[str], *, expected: bool
) -> None:
    write(repository / "specs" / "a.lock", "1")
    write(repository / "specs" / "b.lock", "1")
    commit(repository, "One")
    if change is not None:
        write(repository / change[0], change[1])
    assert GitHistory(repository).is_dirty(paths) is expected


def test_every_committed_content_is_told_youngest_first(repository: Path) -> None:
    lock = repository / "specs" / "a.lock"
    write(lock, "one\n")
    first = commit(repository, "Record triage")
    write(repository / "other", "x")
    commit(repository, "Something else", "2026-11-22T12:00:01+01:00")
    write(lock, "zwei ü\n\nlines\n")
    second = commit(repository, "Größer: 100 % | mehr", "2026-11-22T13:00:00+01:00")
    lock.unlink()
    third = commit(repository, "Forget", "2026-11-22T14:00:00+01:00")
    versions = GitHistory(repository).versions("specs/a.lock")
    assert [(one.commit, one.content) for one in versions] == [
        (third, None),
        (second, "zwei ü\n\nlines\n"),
        (first, "one\n"),
    ]
    assert [one.subject for one in versions] == ["Forget", "Größer: 100 % | mehr", "Record triage"]
    assert versions[2].author == "Ada Lovelace"
    assert versions[2].committed_at == datetime(2026, 11, 22, 11, tzinfo=UTC)


def test_a_clock_that_went_back_does_not_reorder_history(repository: Path) -> None:
    write(repository / "a", "one")
    commit(repository, "One", "2026-11-22T12:00:00Z")
    write(repository / "a", "two")
    commit(repository, "Two", "2020-01-01T00:00:00Z")
    assert [one.content for one in GitHistory(repository).versions("a")] == ["two", "one"]


def test_a_renamed_file_has_only_its_own_history(repository: Path) -> None:
    git(repository, "config", "log.follow", "true")
    write(repository / "old", "same content in both\n" * 5)
    commit(repository, "Old")
    (repository / "old").rename(repository / "new")
    commit(repository, "New")
    assert [one.subject for one in GitHistory(repository).versions("new")] == ["New"]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("specs/ünï code.lock", id="not ASCII"),
        pytest.param("-c.lock", id="like an option"),
        pytest.param("a*.lock", id="like a wildcard"),
        pytest.param(":(top)a.lock", id="like a pathspec"),
    ],
)
def test_an_odd_name_is_only_a_name(repository: Path, name: str) -> None:
    write(repository / "ab.lock", "not this")
    write(repository / name, "this")
    commit(repository, "One")
    assert [one.content for one in GitHistory(repository).versions(name)] == ["this"]


@pytest.mark.parametrize("name", ["no/such.lock", "../outside", "two\nlines", "specs"])
def test_a_file_that_never_was_has_no_history(repository: Path, name: str) -> None:
    write(repository / "two\nlines", "x")
    write(repository / "specs" / "a.lock", "x")
    commit(repository, "One")
    versions = GitHistory(repository).versions(name)
    assert [one.content for one in versions] == ([None] if name == "specs" else [])


def test_a_project_in_a_folder_of_its_repository_asks_by_its_own_paths(repository: Path) -> None:
    inner = repository / "models"
    write(inner / "specs" / "a.lock", "inner")
    write(repository / "specs" / "a.lock", "outer")
    sha = commit(repository, "One")
    write(repository / "specs" / "a.lock", "outer, changed")
    history = GitHistory(inner)
    assert history.head() == sha
    assert [one.content for one in history.versions("specs/a.lock")] == ["inner"]
    assert not history.is_dirty(["specs/a.lock"])


def test_a_repository_cannot_make_us_run_its_programs(repository: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
    program.chmod(0o755)
    write(repository / "a", "1")
    commit(repository, "One")
    git(repository, "config", "core.fsmonitor", str(program))
    git(repository, "config", "core.pager", str(program))
    git(repository, "config", "pager.log", "true")
    git(repository, "config", "gpg.program", str(program))
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "diff.external", str(program))
    write(repository / "a", "2")
    history = GitHistory(repository)
    assert history.is_dirty(["a"])
    assert len(history.versions("a")) == 1
    assert not marker.exists()


def test_the_repository_of_a_hook_that_calls_us_is_not_taken_for_ours(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    write(other / "b", "1")
    commit(other, "Other")
    write(repository / "a", "1")
    sha = commit(repository, "One")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    history = GitHistory(repository)
    assert history.head() == sha
    assert not history.is_dirty(["a"])


def test_looking_writes_nothing_into_the_repository(repository: Path) -> None:
    write(repository / "a", "1")
    commit(repository, "One")
    index = repository / ".git" / "index"
    (repository / "a").touch()
    before = index.read_bytes()
    GitHistory(repository).is_dirty(["a"])
    assert index.read_bytes() == before


def test_a_git_that_hangs_is_cut_off_and_told(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    slow = programs / "git"
    slow.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(calls, "TIMEOUT", 0.2)
    with pytest.raises(HistoryError, match="git rev-parse gave no answer") as caught:
        GitHistory(repository).head()
    assert "try it by hand" in (caught.value.hint or "")


def test_a_file_is_tracked_once_it_is_in_the_index(repository: Path) -> None:
    write(repository / ".env", "KEY=1")
    assert not GitHistory(repository).is_tracked(".env")
    git(repository, "add", "--force", ".env")
    assert GitHistory(repository).is_tracked(".env")
