"""What git knows of the project: the commit, its branch, what is dirty, and a file's versions."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from ftops.adapters.git.calls import GitCalls
from ftops.core.history import Version

SHORT: Final = 7
_FIELDS: Final = "%H%x00%cI%x00%an%x00%s"
_FIELD_COUNT: Final = 4


class GitHistory:
    """The History port over the `git` program, for the repository that `root` lies in.

    Paths are from `root`. Outside a repository, before the first commit and without git, every
    answer is empty.
    """

    def __init__(self, root: Path) -> None:
        self._git = GitCalls(root)

    def head(self) -> str | None:
        """Return the commit that is checked out."""
        return self._git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def branch(self) -> str | None:
        """Return the branch that is checked out; None on a detached head, as CI likes it."""
        return self._git.line("symbolic-ref", "--quiet", "--short", "HEAD")

    def is_dirty(self, paths: Sequence[str]) -> bool:
        """Say whether any of the paths differs from the last commit, or was never committed."""
        if not paths:
            return False
        found = self._git.ask("status", "--porcelain", "-z", "--untracked-files=all", "--", *paths)
        return bool(found)

    def remote_address(self, remote: str = "origin") -> str | None:
        """Return where the remote is, as the repository's settings spell it."""
        return self._git.line("config", "--get", f"remote.{remote}.url")

    def is_tracked(self, path: str) -> bool:
        """Say whether the file is in the index, and so goes into the next commit."""
        return bool(self._git.ask("ls-files", "-z", "--", path))

    def template_variables(self) -> dict[str, str]:
        """Return what templates see as `git`; what is not known is left out."""
        sha, branch = self.head(), self.branch()
        known = {"sha": sha, "short_sha": sha and sha[:SHORT], "branch": branch}
        return {name: value for name, value in known.items() if value}

    def versions(self, path: str) -> tuple[Version, ...]:
        """Return every committed content of a file, youngest first; renames are not followed."""
        log = self._git.ask(
            *("log", "-z", "--topo-order", f"--format={_FIELDS}"),
            *("--no-show-signature", "--no-follow", "--no-color", "--", path),
        )
        if not log or "\n" in path:
            return ()
        fields = log.decode(errors="replace").removesuffix("\0").split("\0")
        rows = [
            fields[start : start + _FIELD_COUNT] for start in range(0, len(fields), _FIELD_COUNT)
        ]
        contents = self._contents([f"{row[0]}:./{path}" for row in rows])
        return tuple(
            Version(
                commit=commit,
                committed_at=datetime.fromisoformat(moment),
                author=author,
                subject=subject,
                content=content,
            )
            for (commit, moment, author, subject), content in zip(rows, contents, strict=True)
        )

    def _contents(self, names: Sequence[str]) -> list[str | None]:
        """Return the named blobs, all from one run of git; None for one that is not there."""
        questions = "".join(f"{name}\n" for name in names).encode()
        rest = self._git.ask("cat-file", "--batch", given=questions) or b""
        contents: list[str | None] = []
        for _ in names:
            head, _, rest = rest.partition(b"\n")
            match head.rsplit(b" ", 2):
                case [_, b"blob", size]:
                    contents.append(rest[: int(size)].decode(errors="replace"))
                    rest = rest[int(size) + 1 :]
                case _:
                    contents.append(None)
        return contents
