"""What git knows of the project: the commit, its branch, what is dirty, and a file's versions."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from ftops.core.history import Version
from ftops.errors import HistoryError

try:
    from git.cmd import Git
    from git.exc import GitCommandNotFound
except ImportError:
    # GitPython refuses to be imported where there is no git; without one there is no history.
    HAS_GIT = False
else:
    HAS_GIT = True

TIMEOUT: Final = 30.0
SHORT: Final = 7

# A repository's own settings can run programs even on a plain `status`: these come with every call.
_HARDENED: Final = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.ext.allow=never"),
    *("-c", "protocol.file.allow=user"),
    *("-c", "gc.auto=0"),
    *("-c", "i18n.logOutputEncoding=UTF-8"),
    "--no-pager",
    "--literal-pathspecs",
)
_ENVIRONMENT: Final = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

# Git sets these for its hooks, where they would point every call at the hook's repository and index
# (`git rev-parse --local-env-vars`, and what runs other programs).
_NOT_INHERITED: Final = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_WITHOUT_THEM: Final = ("env", *(part for name in _NOT_INHERITED for part in ("-u", name)))

_FIELDS: Final = "%H%x00%cI%x00%an%x00%s"
_FIELD_COUNT: Final = 4


class GitHistory:
    """The History port over the `git` program, for the repository that `root` lies in.

    Paths are from `root`. Outside a repository, before the first commit and without git, every
    answer is empty.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def head(self) -> str | None:
        """Return the commit that is checked out."""
        return self._line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def branch(self) -> str | None:
        """Return the branch that is checked out; None on a detached head, as CI likes it."""
        return self._line("symbolic-ref", "--quiet", "--short", "HEAD")

    def commit_of(self, path: str) -> str | None:
        """Return the last commit that changed the file."""
        return self._line("log", "-1", "--format=%H", "--no-show-signature", "--", path)

    def is_dirty(self, paths: Sequence[str]) -> bool:
        """Say whether any of the paths differs from the last commit, or was never committed."""
        if not paths:
            return False
        found = self._ask("status", "--porcelain", "-z", "--untracked-files=all", "--", *paths)
        return bool(found)

    def is_tracked(self, path: str) -> bool:
        """Say whether the file is in the index, and so goes into the next commit."""
        return bool(self._ask("ls-files", "-z", "--", path))

    def template_variables(self) -> dict[str, str]:
        """Return what templates see as `git`; what is not known is left out."""
        sha, branch = self.head(), self.branch()
        known = {"sha": sha, "short_sha": sha and sha[:SHORT], "branch": branch}
        return {name: value for name, value in known.items() if value}

    def versions(self, path: str) -> tuple[Version, ...]:
        """Return every committed content of a file, youngest first; renames are not followed."""
        log = self._ask(
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
        with tempfile.TemporaryFile() as questions:
            questions.write("".join(f"{name}\n" for name in names).encode())
            questions.seek(0)
            rest = self._ask("cat-file", "--batch", questions=questions.fileno()) or b""
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

    def _line(self, *arguments: str) -> str | None:
        answer = self._ask(*arguments)
        return answer.decode(errors="replace").strip() or None if answer else None

    def _ask(self, *arguments: str, questions: int | None = None) -> bytes | None:
        """Return what git answers, or None if it refuses."""
        if not HAS_GIT:
            return None
        program = Git.GIT_PYTHON_GIT_EXECUTABLE or "git"
        try:
            status, answer, _ = Git(self._root).execute(
                [*_WITHOUT_THEM, program, *_HARDENED, "-C", str(self._root), *arguments],
                istream=questions,
                env=_ENVIRONMENT,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                kill_after_timeout=TIMEOUT,
            )
        except GitCommandNotFound:
            return None
        if status < 0:
            raise HistoryError(
                f"git {arguments[0]} gave no answer within {TIMEOUT:.0f} s",
                hint=f"try it by hand: git -C {self._root} {arguments[0]}",
            )
        return answer if status == 0 else None
