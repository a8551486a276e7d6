"""The ledger as commits on one ref of a git remote, each the child of the one before."""

import secrets
from pathlib import Path
from typing import Final

from ftops.adapters.git.calls import GitCalls
from ftops.adapters.git.ledger_text import entry_to_message, page_from_text, page_to_text
from ftops.adapters.git.remote import GitRemote
from ftops.core.ledger import Entry, Page, Tip
from ftops.errors import LedgerError

FILE: Final = "ledger.json"
TRIES: Final = 3
_NAME, _EMAIL = "ftops", "ftops@noreply.invalid"
_AUTHOR: Final = {
    "GIT_AUTHOR_NAME": _NAME,
    "GIT_AUTHOR_EMAIL": _EMAIL,
    "GIT_COMMITTER_NAME": _NAME,
    "GIT_COMMITTER_EMAIL": _EMAIL,
}


class GitLedger:
    """The Ledger port. Nothing of the repository moves but refs and objects below `refs/ftops/`.

    Every commit holds the whole page, so the tip alone tells everything, and its message the
    entry, so `git log` on the ref is the audit trail.
    """

    def __init__(self, root: Path, *, remote: str, ref: str) -> None:
        self._git = GitCalls(root)
        self._remote = GitRemote(self._git, remote)
        self._ref = ref
        self._seen = f"refs/ftops/seen/{remote}/{ref.removeprefix('refs/')}"

    def read(self) -> Tip:
        """Return what the remote's ref says now."""
        commit = self._remote.tip(self._ref)
        if commit is None:
            return Tip(commit=None, page=Page())
        if not self._has(commit):
            self._remote.fetch(self._ref, self._seen)
        where = f"{self._ref} {commit[:12]}"
        text = self._git.ask("cat-file", "blob", f"{commit}:{FILE}")
        if text is None:
            raise LedgerError(
                f"the ledger at {where} holds no {FILE}",
                hint="is the ref used by something else? `lease: {git: {ref: …}}` names another",
            )
        return Tip(commit=commit, page=page_from_text(text, where))

    def append(self, tip: Tip, entry: Entry) -> Tip | None:
        """Write the entry as the tip's child; None if another entry was first.

        Whether it was written is read back, never taken from what the push said: an answer may be
        lost, and a refusal may be one of our own earlier attempt.
        """
        page = tip.page.after(entry)
        commit = self._commit(tip.commit, page, entry)
        answer = None
        for _ in range(TRIES):
            answer = self._remote.push(commit, self._ref, begins=tip.commit is None)
            there = self._remote.tip(self._ref)
            if there == commit or self._comes_after(commit, there):
                return Tip(commit=commit, page=page)
            if there != tip.commit:
                return None
        raise self._remote.refused("written", self._ref, answer)

    def _commit(self, parent: str | None, page: Page, entry: Entry) -> str:
        blob = self._made("hash-object", "-w", "--stdin", given=page_to_text(page))
        tree = self._made("mktree", given=f"100644 blob {blob}\t{FILE}\n".encode())
        message = entry_to_message(entry, secrets.token_hex(8)).encode()
        above = [] if parent is None else ["-p", parent]
        return self._made("commit-tree", tree, *above, given=message)

    def _made(self, *arguments: str, given: bytes) -> str:
        answer = self._git.call(*arguments, given=given, variables=_AUTHOR)
        if answer.line is None:
            raise LedgerError(
                f"an entry of the ledger cannot be made here: {answer.told or arguments[0]}",
                hint="`lease: git` needs a git repository that this user may write to",
            )
        return answer.line

    def _has(self, commit: str) -> bool:
        return self._git.call("cat-file", "-e", f"{commit}:{FILE}").status == 0

    def _comes_after(self, commit: str, there: str | None) -> bool:
        """Say whether the remote's tip has our commit below it: somebody wrote after us."""
        if there is None:
            return False
        self._remote.fetch(self._ref, self._seen)
        return self._git.call("merge-base", "--is-ancestor", commit, there).status == 0
