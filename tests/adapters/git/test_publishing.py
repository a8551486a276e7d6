"""Locks committed and pushed in real repositories, alone and against others."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from ftops.adapters.git.lock_commits import GitLockCommits
from ftops.adapters.lock_files.lock_text import lock_to_text
from ftops.adapters.lock_files.store import LockFiles
from ftops.errors import HistoryError
from ftops.git_ports import LockCommits
from ftops.usecases.publish import Published, Publisher, Wanted
from tests.adapters.git.repositories import Hub, commit, git, write
from tests.fakes.clock import FakeClock
from tests.fakes.specs import desired, lock

PUSH, HERE = Wanted(push=True), Wanted()
LOCK = "specs/triage.lock"
YOUNGER = timedelta(hours=1)


def publisher(folder: Path, commits: LockCommits | None = None) -> Publisher:
    return Publisher(
        commits=commits or GitLockCommits(folder),
        locks=LockFiles(folder / "specs"),
        clock=FakeClock(),
        chance=lambda: 1.0,
    )


def text(name: str = "triage", later: timedelta = timedelta(0)) -> str:
    plain = lock(desired(name))
    return lock_to_text(replace(plain, created_at=plain.created_at + later))


def record(folder: Path, name: str = "triage", later: timedelta = timedelta(0)) -> None:
    write(folder / f"specs/{name}.lock", text(name, later))


def status(folder: Path) -> str:
    return git(folder, "status", "--porcelain", "--untracked-files=all")


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{name}_EMAIL", raising=False)


def test_nothing_new_is_no_commit(hub: Hub) -> None:
    clone = hub.clone("a")
    for wanted in (HERE, PUSH):
        assert publisher(clone).publish(wanted) == Published()
    assert git(clone, "rev-parse", "HEAD") == hub.tip()


def test_a_lock_is_committed_and_nothing_else(hub: Hub) -> None:
    clone = hub.clone("a")
    write(clone / "README.md", "edited\n")
    write(clone / "staged", "staged\n")
    git(clone, "add", "staged")
    write(clone / "new", "new\n")
    record(clone)
    published = publisher(clone).publish(HERE)
    assert published.commit == git(clone, "rev-parse", "main")
    assert published.paths == (LOCK,)
    assert git(clone, "show", "--format=", "--name-status") == f"A\t{LOCK}"
    assert git(clone, "log", "-1", "--format=%s%n%an <%ae>").splitlines() == [
        "Record triage",
        "ftops <ftops@noreply.invalid>",
    ]
    assert status(clone).splitlines() == ["M README.md", "A  staged", "?? new"]
    assert (clone / "README.md").read_text(encoding="utf-8") == "edited\n"


def test_a_removed_lock_is_removed(hub: Hub) -> None:
    clone = hub.clone("a")
    record(clone)
    publisher(clone).publish(PUSH)
    (clone / LOCK).unlink()
    assert publisher(clone).publish(PUSH).paths == (LOCK,)
    assert git(hub.bare, "ls-tree", "-r", "--name-only", "main") == "README.md"
    assert git(clone, "log", "-1", "--format=%s") == "Forget triage [skip ci]"
    assert status(clone) == ""


def test_a_push_moves_both_branches(hub: Hub) -> None:
    clone = hub.clone("a")
    record(clone)
    published = publisher(clone).publish(PUSH)
    assert hub.tip() == published.commit == git(clone, "rev-parse", "main", "--")[:40]
    assert (str(published.place), published.is_behind) == ("origin/main", False)
    assert git(clone, "log", "-1", "--format=%s") == "Record triage [skip ci]"
    assert git(clone, "rev-parse", "origin/main") == hub.tip()
    assert status(clone) == ""


def test_a_person_signs_with_a_name(hub: Hub) -> None:
    clone = hub.clone("a")
    git(clone, "config", "user.name", "Ann")
    git(clone, "config", "user.email", "ann@example.org")
    record(clone)
    publisher(clone).publish(HERE)
    assert git(clone, "log", "-1", "--format=%an <%ae> %cn") == "Ann <ann@example.org> Ann"


def test_a_pipelines_own_name_is_kept(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "bot")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "bot@example.org")
    clone = hub.clone("a")
    record(clone)
    publisher(clone).publish(HERE)
    assert git(clone, "log", "-1", "--format=%an") == "bot"


@pytest.mark.parametrize("works", [True, False], ids=["it signs", "it cannot"])
def test_signatures_are_made_where_they_are_wanted(
    hub: Hub, tmp_path: Path, *, works: bool
) -> None:
    clone, program = hub.clone("a"), tmp_path / "gpg"
    # One that does not read what it signs breaks git's pipe, now and then.
    script = (
        'cat >/dev/null; echo "[GNUPG:] SIG_CREATED " >&2; echo "-----BEGIN PGP SIGNATURE-----"'
    )
    write(program, f"#!/bin/sh\n{script if works else 'cat >/dev/null; exit 1'}\n")
    program.chmod(0o755)
    git(clone, "config", "commit.gpgsign", "true")
    git(clone, "config", "gpg.program", str(program))
    record(clone)
    before = git(clone, "rev-parse", "HEAD")
    if works:
        publisher(clone).publish(HERE)
        assert "BEGIN PGP SIGNATURE" in git(clone, "cat-file", "commit", "HEAD")
        return
    with pytest.raises(HistoryError, match="cannot be committed: commit-tree"):
        publisher(clone).publish(HERE)
    assert git(clone, "rev-parse", "HEAD") == before


def test_a_branch_that_others_moved_gets_the_commit_on_its_tip(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    write(other / "README.md", "moved on\n")
    tip = commit(other, "Move on")
    git(other, "push", "--quiet")
    record(mine)
    published = publisher(mine).publish(PUSH)
    assert published.is_behind
    assert git(hub.bare, "rev-parse", "main^") == tip
    assert hub.show("README.md") == "moved on"
    assert (mine / "README.md").read_text(encoding="utf-8") == "specs\n"
    git(mine, "pull", "--quiet", "--ff-only")
    assert (status(mine), git(mine, "rev-parse", "HEAD")) == ("", hub.tip())


def test_racing_runs_all_get_their_locks_in(hub: Hub) -> None:
    clones = [hub.clone(f"clone{number}") for number in range(4)]
    gate = threading.Barrier(len(clones))

    def run(number: int) -> Published:
        record(clones[number], f"spec{number}")
        gate.wait()
        return publisher(clones[number]).publish(PUSH)

    with ThreadPoolExecutor(len(clones)) as pool:
        published = list(pool.map(run, range(len(clones))))
    assert all(one.commit for one in published)
    names = git(hub.bare, "ls-tree", "-r", "--name-only", "main", "specs/").splitlines()
    assert names == [f"specs/spec{number}.lock" for number in range(len(clones))]
    assert git(hub.bare, "rev-list", "--count", "main") == "5"


@pytest.mark.parametrize(
    ("ours", "theirs", "wins"),
    [
        pytest.param(YOUNGER, timedelta(0), True, id="our job is younger"),
        pytest.param(timedelta(0), YOUNGER, False, id="their job is younger"),
    ],
)
def test_of_two_words_on_one_lock_the_later_stays(
    hub: Hub, ours: timedelta, theirs: timedelta, *, wins: bool
) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    record(other, later=theirs)
    publisher(other).publish(PUSH)
    record(mine, later=ours)
    published = publisher(mine).publish(PUSH)
    assert (published.commit is not None) is wins
    assert published.left == (() if wins else (LOCK,))
    assert hub.show(LOCK) + "\n" == text(later=ours if wins else theirs)


def test_the_same_lock_from_two_runs_is_committed_once(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    record(other)
    publisher(other).publish(PUSH)
    record(mine)
    published = publisher(mine).publish(PUSH)
    assert (published.commit, published.left) == (None, ())
    assert git(hub.bare, "rev-list", "--count", "main") == "2"
    git(mine, "pull", "--quiet", "--ff-only")
    assert status(mine) == ""


def test_a_shallow_detached_runner_pushes_to_its_branch(hub: Hub) -> None:
    runner = hub.clone("runner", "--depth=1")
    git(runner, "checkout", "--quiet", "--detach")
    record(runner)
    with pytest.raises(HistoryError, match="no branch is checked out") as caught:
        publisher(runner).publish(PUSH)
    assert "--push-to BRANCH" in (caught.value.hint or "")
    published = publisher(runner).publish(Wanted(push=True, pipeline_branch="main"))
    assert hub.tip() == published.commit == git(runner, "rev-parse", "HEAD")
    assert status(runner) == ""


def test_a_shallow_runner_follows_a_branch_that_moved(hub: Hub) -> None:
    runner, other = hub.clone("runner", "--depth=1"), hub.clone("other")
    for number in range(3):
        write(other / "README.md", f"{number}\n")
        commit(other, str(number))
    git(other, "push", "--quiet")
    record(runner)
    published = publisher(runner).publish(PUSH)
    assert (hub.tip(), published.is_behind) == (published.commit, True)


def test_a_protected_branch_is_told_and_another_one_taken(hub: Hub) -> None:
    hub.hook("update", 'test "$1" != refs/heads/main || { echo protected >&2; exit 1; }')
    clone = hub.clone("a")
    record(clone)
    with pytest.raises(HistoryError, match=r"could not be pushed to origin/main: .*protected") as e:
        publisher(clone).publish(PUSH)
    assert "--push-to BRANCH" in (e.value.hint or "")
    before = git(clone, "rev-parse", "HEAD")
    wanted = Wanted(push=True, branch="ftops/locks")
    published = publisher(clone).publish(wanted)
    assert hub.tip("refs/heads/ftops/locks") == published.commit
    assert git(hub.bare, "log", "-1", "--format=%s", "ftops/locks") == "Record triage"
    assert git(clone, "rev-parse", "HEAD") == before
    again = publisher(clone).publish(wanted)
    assert (again.commit, again.left) == (None, ())
    record(clone, later=YOUNGER)
    assert publisher(clone).publish(wanted).paths == (LOCK,)
    assert hub.show(LOCK, "ftops/locks") + "\n" == text(later=YOUNGER)


def test_unpushed_work_is_never_pushed_along(hub: Hub) -> None:
    clone = hub.clone("a")
    write(clone / "README.md", "mine alone\n")
    commit(clone, "Mine")
    record(clone)
    for step in (publisher(clone).prove, publisher(clone).publish):
        with pytest.raises(
            HistoryError, match="does not have the commit that is checked"
        ) as caught:
            step(PUSH)
        assert "git push origin HEAD:main" in (caught.value.hint or "")
    assert git(hub.bare, "rev-list", "--count", "main") == "1"


def test_what_cannot_work_is_told_before(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="no commit to build on"):
        publisher(tmp_path).prove(HERE)
    clone = hub.clone("a")
    publisher(clone).prove(HERE)
    publisher(clone).prove(PUSH)
    git(clone, "remote", "set-url", "origin", "https://ann:hunter2@127.0.0.1:1/x")
    with pytest.raises(HistoryError, match="cannot be read") as caught:
        publisher(clone).prove(PUSH)
    assert "hunter2" not in f"{caught.value}"


def test_a_project_in_a_folder_of_its_repository_commits_its_own_locks(hub: Hub) -> None:
    clone = hub.clone("a")
    write(clone / "specs/outer.lock", "not ours\n")
    inner = clone / "models"
    record(inner)
    assert publisher(inner).publish(HERE).paths == (LOCK,)
    assert git(clone, "show", "--format=", "--name-only") == f"models/{LOCK}"
    assert status(clone) == "?? specs/outer.lock"


def test_an_index_that_somebody_else_holds_is_told(hub: Hub) -> None:
    clone = hub.clone("a")
    record(clone)
    write(clone / ".git/index.lock", "")
    before = git(clone, "rev-parse", "HEAD")
    with pytest.raises(HistoryError, match="cannot be committed: update-index"):
        publisher(clone).publish(HERE)
    assert git(clone, "rev-parse", "HEAD") == before


def test_nothing_of_the_repository_runs(hub: Hub, tmp_path: Path) -> None:
    clone, marker = hub.clone("a"), tmp_path / "ran"
    for name in ("pre-commit", "pre-push", "post-commit", "reference-transaction"):
        write(clone / ".git/hooks" / name, f"#!/bin/sh\ntouch {marker}\n")
        (clone / ".git/hooks" / name).chmod(0o755)
    git(clone, "config", "core.fsmonitor", f"touch {marker}")
    record(clone)
    publisher(clone).publish(PUSH)
    assert not marker.exists()


def test_links_and_foreign_files_are_no_locks(hub: Hub) -> None:
    clone = hub.clone("a")
    write(clone / "elsewhere", text())
    (clone / "specs").mkdir()
    (clone / LOCK).symlink_to(clone / "elsewhere")
    write(clone / "specs/triage.yaml", "name: triage\n")
    assert publisher(clone).publish(HERE).commit is None


def test_an_unreadable_lock_there_is_replaced(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    write(other / LOCK, "<<<<<<< HEAD\n")
    commit(other, "Break it")
    git(other, "push", "--quiet")
    record(mine)
    assert publisher(mine).publish(PUSH).paths == (LOCK,)
    assert hub.show(LOCK) + "\n" == text()


def test_a_branch_that_never_stands_still_is_given_up(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")

    class Outrun(GitLockCommits):
        @override
        def push(self, remote: str, branch: str, commit: str, *, begins: bool) -> str:
            git(other, "commit", "--quiet", "--allow-empty", "--message", "faster")
            git(other, "push", "--quiet")
            return super().push(remote, branch, commit, begins=begins)

    record(mine)
    ours = publisher(mine, Outrun(mine))
    with pytest.raises(HistoryError, match="others pushed first, 30 times"):
        ours.publish(PUSH)
    clock = ours.clock
    assert isinstance(clock, FakeClock)
    assert max(clock.slept) <= 4.0


def test_an_upstream_of_another_name_is_found(hub: Hub) -> None:
    clone = hub.clone("a")
    git(clone, "checkout", "--quiet", "-b", "local", "--track", "origin/main")
    record(clone)
    assert str(publisher(clone).publish(PUSH).place) == "origin/main"
    git(clone, "checkout", "--quiet", "-b", "mine", "--track", "local")
    assert GitLockCommits(clone).upstream("mine") == ("origin", "mine")
