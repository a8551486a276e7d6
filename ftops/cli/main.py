"""The command group and the one error boundary."""

import importlib
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click
from click.shell_completion import shell_complete
from typing_extensions import override

from ftops.cli.exits import Exit
from ftops.cli.session import Session
from ftops.cli.trouble import answer_to
from ftops.version import __version__

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "init": "ftops.cli.start:init",
        "new": "ftops.cli.start:new",
        "validate": "ftops.cli.declare:validate",
        "data": "ftops.cli.data:data",
        "plan": "ftops.cli.plan:plan",
        "apply": "ftops.cli.apply:apply",
        "status": "ftops.cli.watch:status",
        "logs": "ftops.cli.watch:logs",
        "metrics": "ftops.cli.watch:metrics",
        "test": "ftops.cli.models:test",
        "history": "ftops.cli.models:history",
        "cancel": "ftops.cli.jobs:cancel",
        "pause": "ftops.cli.jobs:pause",
        "resume": "ftops.cli.jobs:resume",
        "adopt": "ftops.cli.models:adopt",
        "prune": "ftops.cli.prune:prune",
        "reconcile": "ftops.cli.reconcile:reconcile",
        "lock": "ftops.cli.lock:lock",
        "export": "ftops.cli.export:export",
        "serve": "ftops.cli.serve:serve",
        "token": "ftops.cli.token:token",
        "local": "ftops.cli.local:local",
        "doctor": "ftops.cli.doctor:doctor",
        "schema": "ftops.cli.declare:schema",
        "completion": "ftops.cli.start:completion",
    }
)
"""Each command and where it lives; imported only when it is called."""


COMPLETION_VARIABLE: Final = "_FTOPS_COMPLETE"


def keep_examples(command: click.Command) -> click.Command:
    """Let Click keep the lines of a help text's examples: raw docstrings hold its mark as text."""
    if command.help is not None:
        command.help = command.help.replace("\\b\n", "\b\n")
    if isinstance(command, click.Group):
        for below in command.commands.values():
            keep_examples(below)
    return command


class Commands(click.Group):
    """A group that imports a command only when it is needed."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a day's work."""
        del ctx
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return keep_examples(command)

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for a mistyped one."""
        import difflib

        if args and args[0] not in COMMANDS:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ftops", message="%(prog)s %(version)s")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The project's folder (default: the nearest one upwards with an ftops.yaml).",
)
@click.option("--target", metavar="T", help="Train there instead of where the specs say.")
@click.option("--quiet", "-q", is_flag=True, help="Results and errors only.")
@click.option("--verbose", is_flag=True, help="Show the cause of an error as well.")
@click.option("--no-color", is_flag=True, help="No colour and no moving lines.")
@click.pass_context
def cli(ctx: click.Context, /, **options: object) -> None:
    r"""GitOps for LLM fine-tuning: declare models in YAML, plan, apply, keep every id in Git.

    \b
    ftops init my-bot && cd my-bot     a project that works at once
    ftops plan                         what differs, why, and what it would cost
    ftops apply                        train what is needed, record the models
    ftops test support-bot "Hello"     ask the trained model
    """
    session = Session(**options)  # type: ignore[arg-type]  # click has checked each of them
    ctx.obj = session
    ctx.call_on_close(session.close)


keep_examples(cli)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code: every error becomes words here."""
    _substitute_what_cannot_be_shown()
    session = Session()
    asked_by_shell = session.environment.get(COMPLETION_VARIABLE)
    if asked_by_shell is not None:
        return shell_complete(cli, {}, "ftops", COMPLETION_VARIABLE, asked_by_shell)
    try:
        with cli.make_context(
            "ftops", list(sys.argv[1:] if arguments is None else arguments)
        ) as ctx:
            try:
                result = cli.invoke(ctx)
            finally:
                session = ctx.find_object(Session) or session
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one boundary
        return answer_to(error, session)
    return int(result or Exit.FINE)


def _substitute_what_cannot_be_shown() -> None:
    """Let a terminal without our characters show a question mark; it is no reason to end."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
