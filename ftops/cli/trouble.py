"""What an error becomes: words for a person, and an exit code."""

import errno
import os
import sys
import tempfile
import traceback
from typing import Final, TextIO

import click

from ftops.cli.exits import Exit
from ftops.cli.session import Session
from ftops.errors import DeclarationError, FtopsError
from ftops.version import __version__

UNWRITABLE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""What standard output may suffer from; every file of ours tells its own trouble."""
CORRECT_HINT: Final = "correct it; `ftops validate` checks everything without the network"

EVERY_HINT: Final = "`ftops validate --all` tells every one"


def answer_to(error: BaseException, session: Session) -> int:
    """Tell the error that is being handled, and return its exit code."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException():
            error.show()
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            click.echo("interrupted", err=True)
            return Exit.INTERRUPTED
        case FtopsError():
            _tell(error, session)
            return Exit.EXPECTED_FAILURE
        case BrokenPipeError():
            _stop_writing(sys.stdout, sys.stderr)
            return Exit.EXPECTED_FAILURE
        case OSError() if error.errno in UNWRITABLE:
            return _tell_unwritable(error)
        case _:
            # A bug becomes a log file, not a traceback.
            return _tell_bug()


def _tell_unwritable(error: OSError) -> int:
    _stop_writing(sys.stdout)
    click.echo(f"error: the result cannot be written: {error.strerror}", err=True)
    click.echo("hint: free the disk; what was done is done, and is never done twice", err=True)
    return Exit.EXPECTED_FAILURE


def _stop_writing(*streams: TextIO) -> None:
    """Send what is still unwritten nowhere: the reader of a pipe has gone, as `head` does."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _tell(error: FtopsError, session: Session) -> None:
    if isinstance(error, DeclarationError):
        from ftops.render.terminal import problems_view

        session.err.print(problems_view(error.problems, more=EVERY_HINT))
        told = any(problem.hint for problem in error.problems)
        hint = error.hint or (None if told else CORRECT_HINT)
        if hint:
            click.echo(f"hint: {hint}", err=True)
        return
    click.echo(f"error: {error.message}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)
    if session.verbose and error.__cause__ is not None:
        click.echo(f"cause: {type(error.__cause__).__name__}: {error.__cause__}", err=True)


def _tell_bug() -> int:
    with tempfile.NamedTemporaryFile(
        "w", prefix="ftops-bug-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"ftops {__version__} on Python {sys.version}\n\n{traceback.format_exc()}")
    click.echo(f"error: this is a bug in ftops; what happened is in {log.name}", err=True)
    click.echo("hint: please report it with that file", err=True)
    return Exit.BUG
