"""`ftops prune`: what nothing needs any more at the provider."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, format_option
from ftops.cli.session import Session, pass_session

if TYPE_CHECKING:
    from ftops.core.names import TargetName
    from ftops.core.surplus import Surplus
    from ftops.usecases.prune import Deletion
    from ftops.wiring.workplace import Workplace

DAYS = 7


@click.command(short_help="Models and files that nothing needs; deletes with --yes.")
@click.option("--yes", "-y", is_flag=True, help="Delete them. It cannot be undone.")
@click.option(
    "--min-age",
    type=click.IntRange(0),
    default=DAYS,
    show_default=True,
    metavar="DAYS",
    help="Leave what is younger: a branch that needs it may not be pushed yet.",
)
@format_option(Format.JSON)
@pass_session
def prune(session: Session, output: Format, *, yes: bool, min_age: int) -> int:
    r"""List models and training files of this project that nothing needs any more.

    Needed is what any lock names, here or on any branch or tag, what a declared spec would find
    again, and what a job at work uses. Only what carries this project's stamp is ever deleted. A
    revert to a commit whose model was deleted is held.

    \b
    ftops prune                  list
    ftops prune --yes            delete what was listed
    """
    from ftops.adapters.own_folder.run_lock import ApplyLock

    workplace = session.workplace
    with ApplyLock(workplace.root, command="ftops prune", clock=workplace.clock):
        found = _survey(workplace, timedelta(days=min_age))
        if output is Format.TEXT:
            from ftops.render.prune_view import prune_view

            session.show(prune_view(found))
        done = _delete(workplace, found) if yes else []
    troubles = {one.id: one.trouble for one in done if one.trouble is not None}
    if output is Format.JSON:
        from ftops.render.prune_view import prune_json

        session.show(prune_json(found, troubles if yes else None))
    _tell(session, found, done, troubles)
    return Exit.EXPECTED_FAILURE if troubles else Exit.FINE


def _survey(workplace: "Workplace", min_age: timedelta) -> "dict[TargetName, Surplus]":
    from ftops.adapters.git.branches import GitBranches
    from ftops.usecases.prune import survey

    prepared = workplace.prepare(workplace.request(()))
    parse = workplace.publisher.locks.parse
    texts = GitBranches(workplace.root).texts()
    committed = [parse(text, place) for place, text in texts.items()]
    pruners = {target: workplace.provider(target) for target in prepared.observed}
    return survey(prepared, pruners, committed, min_age)


def _delete(workplace: "Workplace", found: "dict[TargetName, Surplus]") -> "list[Deletion]":
    from ftops.usecases.prune import delete

    return [
        one
        for target, surplus in found.items()
        for one in delete(surplus, workplace.provider(target))
    ]


def _tell(
    session: Session,
    found: "dict[TargetName, Surplus]",
    done: "list[Deletion]",
    troubles: dict[str, str],
) -> None:
    for what, why in troubles.items():
        click.echo(f"error: {what} is still there: {why}", err=True)
    if done:
        session.say(f"deleted: {len(done) - len(troubles)} of {len(done)}")
    elif not all(one.is_empty for one in found.values()):
        session.say("nothing was deleted; `ftops prune --yes` does it, and cannot be undone")
