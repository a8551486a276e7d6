"""Run git: hardened against the repository's own settings, and never waiting for ever."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import BinaryIO, Final

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
NETWORK_TIMEOUT: Final = 60.0

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
_NOTHING_MORE: Final[Mapping[str, str]] = MappingProxyType({})
_NO_PROGRAM: Final = 127
_CREDENTIALS: Final = re.compile(r"(?<=://)[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call of git came to; `told` is its talk, without the credentials of any URL."""

    status: int
    output: bytes
    told: str

    @property
    def line(self) -> str | None:
        """Return the output as one line, or None if git refused or said nothing."""
        text = self.output.decode(errors="replace").strip() if self.status == 0 else ""
        return text or None


class GitCalls:
    """Calls of git in the repository that `root` lies in."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def call(
        self,
        *arguments: str,
        given: bytes | None = None,
        variables: Mapping[str, str] = _NOTHING_MORE,
        seconds: float | None = None,
    ) -> Answer:
        """Return what git answers; HistoryError if it takes longer than `seconds`."""
        if not HAS_GIT:
            return Answer(_NO_PROGRAM, b"", "there is no git")
        limit = TIMEOUT if seconds is None else seconds
        program = Git.GIT_PYTHON_GIT_EXECUTABLE or "git"
        settings = tuple(f"{name}={value}" for name, value in variables.items())
        command = [*_WITHOUT_THEM, *settings, program, *_HARDENED, "-C", str(self.root)]
        try:
            with TemporaryFile() as questions:
                questions.write(given or b"")
                questions.seek(0)
                status, output, talk = Git(self.root).execute(
                    [*command, *arguments],
                    istream=None if given is None else questions.fileno(),
                    env=_ENVIRONMENT,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                    kill_after_timeout=limit,
                )
        except GitCommandNotFound:
            return Answer(_NO_PROGRAM, b"", "there is no git")
        if status < 0:
            raise HistoryError(
                f"git {arguments[0]} gave no answer within {limit:.0f} s",
                hint=f"try it by hand: git -C {self.root} {arguments[0]}",
            )
        return Answer(status, output or b"", redacted(talk))

    def write(self, *arguments: str, into: BinaryIO) -> bool:
        """Let git's answer go straight into a file; say whether git gave one."""
        if not HAS_GIT:
            return False
        program = Git.GIT_PYTHON_GIT_EXECUTABLE or "git"
        status, _, _ = Git(self.root).execute(
            [*_WITHOUT_THEM, program, *_HARDENED, "-C", str(self.root), *arguments],
            output_stream=into,
            env=_ENVIRONMENT,
            with_extended_output=True,
            with_exceptions=False,
            kill_after_timeout=TIMEOUT,
        )
        return status == 0

    def ask(self, *arguments: str, given: bytes | None = None) -> bytes | None:
        """Return what git answers, or None if it refuses."""
        answer = self.call(*arguments, given=given)
        return answer.output if answer.status == 0 else None

    def line(self, *arguments: str) -> str | None:
        """Return the one line that git answers, or None."""
        return self.call(*arguments).line


def redacted(talk: str) -> str:
    """Return git's talk without the user names and passwords that stand in URLs."""
    return _CREDENTIALS.sub("", talk).strip()
