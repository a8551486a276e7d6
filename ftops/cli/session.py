"""What one command line says for all commands, and where words go: results out, talk to stderr."""

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.adapters.environment import Environment

if TYPE_CHECKING:
    from rich.console import Console

    from ftops.cli.reading import ReadingShow
    from ftops.ports import Readers
    from ftops.wiring.workplace import Workplace

DULL = "dumb"
PAPER_WIDTH = 100
_FORCED = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@dataclass(frozen=True, kw_only=True)
class Session:
    """The options before the command."""

    root: Path | None = None
    target: str | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False

    @cached_property
    def environment(self) -> Environment:
        """The environment without any project's `.env`: for colour and terminals."""
        return Environment(None)

    @cached_property
    def workplace(self) -> "Workplace":
        """The project this command is about; FtopsError if there is none."""
        from ftops.wiring.workplace import open_workplace

        return open_workplace(self.root, self.target, self.readers)

    @cached_property
    def reading(self) -> "ReadingShow | None":
        """Where reading of large files is shown: nowhere without a terminal, or if asked not to."""
        if self.quiet or self.is_plain or not self._is_terminal(stderr=True):
            return None
        from ftops.cli.reading import ReadingShow

        return ReadingShow(lambda: self.err)

    @cached_property
    def readers(self) -> "Readers":
        """Who reads large files."""
        from ftops.ports import Readers

        return Readers(processes=self.environment.processes, watch=self.reading)

    def showing_reading(self) -> AbstractContextManager[None]:
        """Show it while the block has nothing else to show."""
        return nullcontext() if self.reading is None else self.reading.opened()

    def close(self) -> None:
        """Give back what the command opened."""
        if "workplace" in vars(self):
            self.workplace.close()

    @cached_property
    def out(self) -> "Console":
        """Standard output, for results."""
        return self._console(stderr=False)

    @cached_property
    def err(self) -> "Console":
        """Standard error, for talk and progress."""
        return self._console(stderr=True)

    @property
    def is_plain(self) -> bool:
        """Say whether colour and moving lines are unwelcome."""
        names = ("NO_COLOR", "CI")
        wished = any(self.environment.get(name) for name in names)
        return self.no_color or wished or self.environment.get("TERM") == DULL

    @property
    def is_paper(self) -> bool:
        """Say whether results go to a file or a pipe, and nobody wants colour there."""
        forced = any(self.environment.get(name) for name in _FORCED)
        return not forced and not self._is_terminal(stderr=False)

    def _console(self, *, stderr: bool) -> "Console":
        from rich.console import Console

        width = None if self._is_terminal(stderr=stderr) else PAPER_WIDTH
        return Console(
            stderr=stderr,
            no_color=self.is_plain,
            highlight=False,
            soft_wrap=False,
            width=width,
            force_terminal=False if self.is_plain else None,
        )

    @staticmethod
    def _is_terminal(*, stderr: bool) -> bool:
        stream = sys.stderr if stderr else sys.stdout
        return stream is not None and stream.isatty()

    def say(self, message: str) -> None:
        """Talk, unless asked to be quiet."""
        if not self.quiet:
            click.echo(message, err=True)

    def show(self, result: Any) -> None:  # noqa: ANN401 - text or any rich renderable
        """Print a result on standard output."""
        if isinstance(result, str):
            click.echo(result)
        else:
            self.out.print(result)


pass_session = click.make_pass_decorator(Session)
