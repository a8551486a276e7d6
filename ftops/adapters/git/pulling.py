"""Bring the checkout to where its branch is on the remote: forward, or not at all."""

from pathlib import Path

from ftops.adapters.git.calls import GitCalls
from ftops.adapters.git.lock_commits import GitLockCommits
from ftops.errors import HistoryError


class GitPull:
    """Pulls in the repository that `root` lies in."""

    def __init__(self, root: Path) -> None:
        self._git = GitCalls(root)
        self._commits = GitLockCommits(root)

    def forward(self) -> str | None:
        """Return the new commit, or None if there was none; HistoryError if it cannot be taken.

        A detached head is a pipeline's choice, and stays. Edits of people are never overwritten,
        nor are commits that are only here.
        """
        head, branch = self._commits.head(), self._commits.branch()
        if branch is None:
            return None
        remote, there = self._commits.upstream(branch)
        tip = self._commits.remote_tip(remote, there)
        if tip is None:
            raise HistoryError(
                f"{remote} has no branch {there} to reconcile with",
                hint=f"push it first: git push {remote} HEAD:{there}",
            )
        if self._commits.is_within(tip, head):
            return None
        if not self._commits.is_within(head, tip):
            raise HistoryError(
                f"{branch} and {remote}/{there} have gone different ways",
                hint=f"bring them together by hand: git pull --rebase {remote} {there}",
            )
        answer = self._git.call("merge", "--ff-only", "--quiet", "--no-stat", tip)
        if answer.status != 0:
            raise HistoryError(
                f"{remote}/{there} cannot be checked out: {' '.join(answer.told.split())}",
                hint="commit or undo the edits it names: a checkout that reconciles has none",
            )
        return tip
