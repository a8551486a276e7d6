"""`ftops lock`: who launches now, where machines take turns."""

from typing import TYPE_CHECKING

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, format_option
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError

if TYPE_CHECKING:
    from ftops.wiring.ledgers import Sharing


@click.group(short_help="Who launches now, where machines take turns.")
def lock() -> None:
    r"""Look at the lease of `lease: git`: one machine at a time looks and launches.

    It has nothing to do with the locks under specs/, which say what was trained.

    \b
    ftops lock status                  who holds it, and what was begun
    ftops lock release --id 3f2a91c0   end it for a machine that is dead
    """


@lock.command(short_help="Who holds the lease, and what was begun and has no end yet.")
@format_option(Format.JSON)
@pass_session
def status(session: Session, output: Format) -> int:
    r"""Show who holds the lease, and the creations that were begun and have no end yet.

    \b
    ftops lock status
    ftops lock status -o json
    """
    from ftops.render.ledger_view import ledger_json, ledger_view

    sharing = _sharing(session)
    page, place = sharing.ledger.fresh(), f"{sharing.lease.remote} {sharing.lease.ref}"
    show = ledger_json if output is Format.JSON else ledger_view
    session.show(show(page, place))
    return Exit.FINE


@lock.command(short_help="End the lease of a machine that is dead.")
@click.option("--id", "lease", required=True, metavar="ID", help="As `ftops lock status` shows it.")
@pass_session
def release(session: Session, lease: str) -> int:
    r"""End the lease of a machine that is dead; one that vanished loses it by itself in time.

    A machine that is alive after all launches nothing more under it.

    \b
    ftops lock release --id 3f2a91c04be77d10
    """
    ended = _sharing(session).release(lease)
    session.show(f"released: {ended.holder.who} was launching since {ended.since:%H:%M:%S} UTC")
    return Exit.FINE


def _sharing(session: Session) -> "Sharing":
    sharing = session.workplace.sharing
    if sharing is None:
        raise FtopsError(
            "machines take no turns in this project: ftops.yaml has no `lease: git`",
            hint="with it, machines that share a git remote launch one at a time",
        )
    return sharing
