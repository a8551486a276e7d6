"""Commits of locks made by plumbing: nobody's index, branch or files move but the locks' own."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ftops.adapters.git.calls import GitCalls
from ftops.adapters.git.remote import GitRemote
from ftops.core.publishing import LockFile
from ftops.errors import HistoryError

FOLDER: Final = "specs"
SUFFIX: Final = ".lock"
_GIVEN: Final = ("-c", "user.useConfigOnly=true", "var")
_OURS: Final = {
    "GIT_AUTHOR_NAME": "ftops",
    "GIT_AUTHOR_EMAIL": "ftops@noreply.invalid",
    "GIT_COMMITTER_NAME": "ftops",
    "GIT_COMMITTER_EMAIL": "ftops@noreply.invalid",
}
_LONG_NAME: Final = 64


class GitLockCommits:
    """The LockCommits port for the repository that `root` lies in; paths are from `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._git = GitCalls(root)

    def head(self) -> str:
        """Return the commit that is checked out."""
        head = self._git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head is None:
            raise HistoryError(
                "there is no commit to build on: the project is in no git repository, or a new one",
                hint="git init && git add . && git commit, then `ftops apply --commit` again",
            )
        return head

    def branch(self) -> str | None:
        """Return the branch that is checked out; None on a detached head."""
        return self._git.line("symbolic-ref", "--quiet", "--short", "HEAD")

    def upstream(self, branch: str) -> tuple[str, str]:
        """Return the remote and the branch there that a local branch goes with."""
        remote = self._git.line("config", "--get", f"branch.{branch}.remote")
        merge = self._git.line("config", "--get", f"branch.{branch}.merge")
        if remote in {None, "."} or merge is None:
            return "origin", branch
        return str(remote), merge.removeprefix("refs/heads/")

    def changed(self) -> tuple[LockFile, ...]:
        """Return the locks on disk that the checked out commit has not, or has otherwise."""
        head = self.head()
        known = self.tree(head)
        found = dict(self._on_disk(long=len(head) == _LONG_NAME))
        paths = sorted({*known, *found})
        return tuple(
            LockFile(path=path, content=content, blob=blob, known=known.get(path))
            for path in paths
            for content, blob in [found.get(path, (None, None))]
            if blob != known.get(path)
        )

    def tree(self, commit: str) -> Mapping[str, str]:
        """Return the locks of a commit: their paths, and git's names of their contents."""
        listed = self._git.ask("ls-tree", "-r", "-z", commit, "--", FOLDER) or b""
        entries = (entry.partition("\t") for entry in os.fsdecode(listed).split("\0"))
        return {path: about.split()[2] for about, _, path in entries if path.endswith(SUFFIX)}

    def content(self, commit: str, path: str) -> bytes | None:
        """Return what a commit has at a path."""
        return self._git.ask("cat-file", "blob", f"{commit}:./{path}")

    def commit(self, parent: str, locks: Sequence[LockFile], message: str) -> str:
        """Return a new commit on `parent` that changes these locks and nothing else."""
        entries = self._index_entries(locks)
        with TemporaryDirectory(prefix="ftops-index-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._must("read-tree", parent, variables=index)
            self._must("update-index", "-z", "--index-info", given=entries, variables=index)
            tree = self._must("write-tree", variables=index)
        sign = ["-S"] if self._wants_signatures() else []
        return self._must(
            "commit-tree", tree, "-p", parent, *sign, given=message.encode(),
            variables={} if self._knows_who() else _OURS,
        )  # fmt: skip

    def stage(self, locks: Sequence[LockFile]) -> None:
        """Let the index have the locks as they are on disk, and everything else as it was."""
        self._must("update-index", "-z", "--index-info", given=self._index_entries(locks))

    def move_head(self, commit: str, old: str) -> None:
        """Let the checked out branch, or the detached head, be at `commit` if it still is at `old`.

        The files of both are the same but for locks, which are on disk already.
        """
        self._must("update-ref", "-m", "ftops: record locks", "HEAD", commit, old)

    def is_within(self, commit: str, tip: str) -> bool:
        """Say whether a commit is the tip or below it."""
        return self._git.call("merge-base", "--is-ancestor", commit, tip).status == 0

    def remote_tip(self, remote: str, branch: str) -> str | None:
        """Return the commit that a remote's branch is at, its objects fetched; None without one."""
        ref = f"refs/heads/{branch}"
        there = self._remote(remote)
        tip = there.tip(ref)
        if tip is not None and self._git.call("cat-file", "-e", f"{tip}^{{tree}}").status != 0:
            there.fetch(ref, f"refs/ftops/seen/{remote}/heads/{branch}")
        return tip

    def push(self, remote: str, branch: str, commit: str, *, begins: bool) -> str:
        """Push a child of the branch's tip; return git's words, which prove nothing either way."""
        answer = self._remote(remote).push(commit, f"refs/heads/{branch}", begins=begins)
        return " ".join(answer.told.split()) if answer is not None else "it gave no answer"

    def _remote(self, remote: str) -> GitRemote:
        return GitRemote(self._git, remote, HistoryError)

    def _on_disk(self, *, long: bool) -> Iterator[tuple[str, tuple[bytes, str]]]:
        for folder, _, names in os.walk(self._root / FOLDER):
            for name in names:
                path = Path(folder, name)
                if name.endswith(SUFFIX) and path.is_file() and not path.is_symlink():
                    content = path.read_bytes()
                    shown = path.relative_to(self._root).as_posix()
                    yield shown, (content, _blob_name(content, long=long))

    def _index_entries(self, locks: Sequence[LockFile]) -> bytes:
        """Return what `update-index --index-info` reads; it takes paths from the repository."""
        prefix = self._git.line("rev-parse", "--show-prefix") or ""
        lines = []
        for one in locks:
            if one.content is None:
                lines.append(f"0 {'0' * len(self.head())}\t{prefix}{one.path}\0")
            else:
                blob = self._must("hash-object", "-w", "--stdin", given=one.content)
                lines.append(f"100644 {blob}\t{prefix}{one.path}\0")
        return os.fsencode("".join(lines))

    def _knows_who(self) -> bool:
        """Say whether a person or a pipeline has said who commits, so that nothing is guessed."""
        return all(
            self._git.line(*_GIVEN, name) for name in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")
        )

    def _wants_signatures(self) -> bool:
        return self._git.line("config", "--type=bool", "--get", "commit.gpgsign") == "true"

    def _must(
        self,
        *arguments: str,
        given: bytes | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        answer = self._git.call(*arguments, given=given, variables=variables or {})
        if answer.status != 0:
            raise HistoryError(
                f"the locks cannot be committed: {arguments[0]}: {' '.join(answer.told.split())}",
                hint="they are whole on disk: mend what git says, then commit them by hand or with "
                "`ftops apply --commit`",
            )
        return answer.line or ""


def _blob_name(content: bytes, *, long: bool) -> str:
    digest = hashlib.sha256() if long else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content))
    digest.update(content)
    return digest.hexdigest()
