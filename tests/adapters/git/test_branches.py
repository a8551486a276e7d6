from pathlib import Path

import pytest

from ftops.adapters.git.branches import GitBranches
from ftops.errors import HistoryError
from tests.adapters.git.repositories import Hub, commit, git, write

LOCK = "specs/triage.lock"


def test_the_locks_of_every_branch_and_tag_are_told_once(hub: Hub) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    write(mine / LOCK, "mine")
    commit(mine, "Mine, not pushed")
    git(mine, "tag", "-a", "-m", "Release", "v1")
    write(mine / LOCK, "later")
    commit(mine, "Later")
    git(other, "checkout", "--quiet", "-b", "topic")
    write(other / LOCK, "theirs")
    write(other / "specs/copy.lock", "theirs")
    write(other / "specs/triage.yaml", "no lock")
    commit(other, "Theirs")
    git(other, "push", "--quiet", "origin", "topic")
    texts = GitBranches(mine).texts()
    assert sorted(texts.values()) == ["later", "mine", "theirs"]
    assert f"refs/heads/main:{LOCK}" in texts


def test_outside_a_repository_there_are_none(tmp_path: Path) -> None:
    assert GitBranches(tmp_path).texts() == {}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--depth=1"], id="a shallow one"),
        pytest.param(["--single-branch"], id="one of a single branch"),
    ],
)
def test_a_clone_that_does_not_see_every_branch_is_refused(hub: Hub, options: list[str]) -> None:
    with pytest.raises(HistoryError, match="does not have every branch of origin") as caught:
        GitBranches(hub.clone("a", *options)).texts()
    assert "fetch-depth: 0" in (caught.value.hint or "")


def test_a_remote_that_does_not_answer_is_told(hub: Hub) -> None:
    clone = hub.clone("a")
    git(clone, "remote", "set-url", "origin", "file:///no/such/place")
    with pytest.raises(HistoryError, match="the branches of origin cannot be fetched"):
        GitBranches(clone).texts()
