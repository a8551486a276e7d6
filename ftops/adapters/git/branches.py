"""Every lock that any branch or tag holds, here and on the remotes: what must not be pruned."""

from pathlib import Path
from typing import Final

from ftops.adapters.git import calls
from ftops.adapters.git.calls import GitCalls
from ftops.adapters.git.lock_commits import FOLDER, SUFFIX
from ftops.errors import HistoryError

EVERYWHERE: Final = ("refs/heads", "refs/remotes", "refs/tags")
_EVERY_BRANCH: Final = "refs/heads/*:"


class GitBranches:
    """Locks as texts, each once, from all branches and tags of the repository."""

    def __init__(self, root: Path) -> None:
        self._git = GitCalls(root)

    def texts(self) -> dict[str, str]:
        """Return the locks' texts by a place where each stands; fetches first.

        HistoryError where not every branch can be seen: a model that only an unseen branch names
        must not be taken for one that nothing needs.
        """
        if self._git.line("rev-parse", "--git-dir") is None:
            return {}
        for remote in (self._git.line("remote") or "").split():
            self._fetch(remote)
        refs = (self._git.line("for-each-ref", "--format=%(refname)", *EVERYWHERE) or "").split()
        places: dict[str, str] = {}
        for ref in refs:
            for path, blob in self._locks_of(ref).items():
                places.setdefault(blob, f"{ref}:{path}")
        return {place: self._text(blob) for blob, place in places.items()}

    def _fetch(self, remote: str) -> None:
        wanted = self._git.line("config", "--get-all", f"remote.{remote}.fetch") or ""
        is_shallow = self._git.line("rev-parse", "--is-shallow-repository") == "true"
        if is_shallow or _EVERY_BRANCH not in wanted:
            raise HistoryError(
                f"this clone does not have every branch of {remote}, whose locks may need a model",
                hint="prune from a full clone (in a pipeline: fetch-depth: 0)",
            )
        answer = self._git.call(
            "fetch", "--quiet", "--no-recurse-submodules", "--no-write-fetch-head", "--", remote,
            seconds=calls.NETWORK_TIMEOUT,
        )  # fmt: skip
        if answer.status != 0:
            raise HistoryError(
                f"the branches of {remote} cannot be fetched: {' '.join(answer.told.split())}",
                hint=f"try it by hand: git fetch {remote}",
            )

    def _locks_of(self, ref: str) -> dict[str, str]:
        listed = self._git.ask("ls-tree", "-r", "-z", ref, "--", FOLDER) or b""
        entries = (one.partition("\t") for one in listed.decode(errors="replace").split("\0"))
        return {path: about.split()[2] for about, _, path in entries if path.endswith(SUFFIX)}

    def _text(self, blob: str) -> str:
        return (self._git.ask("cat-file", "blob", blob) or b"").decode(errors="replace")
