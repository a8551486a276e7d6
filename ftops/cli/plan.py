"""`ftops plan`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from ftops.cli.exits import Exit
from ftops.cli.garbage import collecting_rarely
from ftops.cli.options import Format, complete_spec, format_option, specs_argument
from ftops.cli.planning import compared, names_in, plan_text, prepare_plan, show_plan
from ftops.cli.saved_plan import save
from ftops.cli.session import Session, pass_session
from ftops.core.limits import check_limits

MOST_ROWS = 1_000


@click.command(short_help="Show what apply would do, why, and what it would cost.")
@specs_argument
@click.option("--exit-code", is_flag=True, help="Exit with 4 if anything differs.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save the plan, to be applied with `apply --plan`.",
)
@click.option(
    "--retry",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_spec,
    help="Plan as `apply --retry NAME` would.",
)
@click.option("--diff", is_flag=True, help="List the rows that changed since the locked training.")
@format_option(Format.JSON, Format.MARKDOWN)
@pass_session
def plan(session: Session, /, specs: Sequence[str], output: Format, **options: object) -> int:
    r"""Show what apply would do, why, and what it would cost. Changes nothing.

    \b
    ftops plan                       every spec
    ftops plan support-bot -o json   one spec, for a script
    ftops plan --diff                what became of each row of changed data
    ftops plan --out plan.json       review it, then: ftops apply --plan plan.json
    """
    with collecting_rarely():
        return _plan(session, specs, output, options)


def _plan(
    session: Session, specs: Sequence[str], output: Format, options: Mapping[str, object]
) -> int:
    prepared = prepare_plan(session, specs, names_in(options["retry"]))
    changes = compared(session, prepared, MOST_ROWS if options["diff"] else 0)
    show_plan(session, prepared, changes, output)
    out = options["out"]
    if isinstance(out, Path):
        save(out, plan_text(prepared, changes, Format.JSON))
        session.say(f"saved to {out}; apply it with `ftops apply --plan {out}`")
    check_limits(prepared.plan, session.workplace.project.limits)
    differs = bool(options["exit_code"]) and not prepared.plan.is_empty
    return Exit.CHANGES if differs else Exit.FINE
