"""Options and arguments that several commands share."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    GITHUB = "github"


def complete_spec(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the declared spec names that begin so: from disk, without the network."""
    from ftops.cli.session import Session
    from ftops.errors import FtopsError

    del param
    parent = ctx.find_root().params
    session = Session(root=parent.get("root"), target=parent.get("target"))
    try:
        names = [one.name for one in session.workplace.declared]
    except FtopsError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def specs_argument(command: Command) -> Command:
    """Take spec names to narrow to."""
    return click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=complete_spec)(
        command
    )


def name_argument(command: Command) -> Command:
    """Take one spec's name, or a job id."""
    return click.argument("name", metavar="NAME", shell_complete=complete_spec)(command)


def format_option(*formats: Format) -> Callable[[Command], Command]:
    """Take `-o` with these formats; text is the default."""
    return click.option(
        "-o",
        "--output",
        "output",
        type=click.Choice([Format.TEXT, *formats], case_sensitive=False),
        default=Format.TEXT,
        show_default=True,
        help="How to write the result.",
    )
