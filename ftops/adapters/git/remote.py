"""One git remote: reading, fetching and pushing its refs, and why it refuses."""

from collections.abc import Sequence
from typing import Final

from ftops.adapters.git import calls
from ftops.adapters.git.calls import Answer, GitCalls
from ftops.errors import FtopsError, HistoryError, LedgerError

_QUIETLY: Final = ("--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules")
_MOST_WORDS: Final = 400


class GitRemote:
    """A remote by its name; `refusal` is the error that its refusals become."""

    def __init__(self, git: GitCalls, name: str, refusal: type[FtopsError] = LedgerError) -> None:
        self._git = git
        self._refusal = refusal
        self.name = name

    def tip(self, ref: str) -> str | None:
        """Return the commit that the remote's ref is at now, or None if there is no such ref."""
        answer = self._over_network("ls-remote", "--quiet", "--", self.name, ref)
        if answer is None or answer.status != 0:
            raise self.refused("read", ref, answer)
        for line in answer.output.decode(errors="replace").splitlines():
            commit, _, name = line.partition("\t")
            if name == ref:
                return commit
        return None

    def fetch(self, ref: str, into: str) -> None:
        """Bring the ref's commits here, under the name `into`."""
        answer = self._over_network(
            "fetch", *_QUIETLY, "--no-write-fetch-head", "--refmap=", "--", self.name,
            f"+{ref}:{into}",
        )  # fmt: skip
        if answer is None or answer.status != 0:
            raise self.refused("fetched", ref, answer)

    def push(self, commit: str, ref: str, *, begins: bool = False) -> Answer | None:
        """Push a child of the ref's tip, or the first commit of a ref; None if no answer came.

        What the answer says is no proof of anything: look at the ref's tip afterwards.
        """
        # A child of the tip needs no force; a first commit must not replace anybody else's.
        absent = [f"--force-with-lease={ref}:"] if begins else []
        words: Sequence[str] = (
            "--quiet", "--no-verify", "--no-follow-tags", "--no-signed", "--no-recurse-submodules",
        )  # fmt: skip
        return self._over_network("push", *words, *absent, "--", self.name, f"{commit}:{ref}")

    def refused(self, deed: str, ref: str, answer: Answer | None) -> FtopsError:
        """Return the error that says why, with the next thing to try."""
        if self._git.line("remote", "get-url", "--", self.name) is None:
            return self._refusal(
                f"git knows no remote named {self.name} here",
                hint=f"git remote add {self.name} URL: machines meet there",
            )
        told = answer.told if answer is not None else ""
        why = " ".join(told.split())[:_MOST_WORDS] or "it gave no answer"
        return self._refusal(
            f"{ref} of the git remote {self.name} cannot be {deed}: {why}",
            hint=f"try it by hand: git ls-remote {self.name}; pushing needs the right to write",
        )

    def _over_network(self, *arguments: str) -> Answer | None:
        try:
            return self._git.call(*arguments, seconds=calls.NETWORK_TIMEOUT)
        except HistoryError:
            return None
