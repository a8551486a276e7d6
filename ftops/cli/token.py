"""`ftops token`: who may come in where `ftops serve` answers other machines."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, format_option
from ftops.cli.session import Session, pass_session
from ftops.core.access import Role, Token
from ftops.errors import FtopsError
from ftops.render.plain_data import plain

if TYPE_CHECKING:
    from ftops.adapters.serve_store.database import ServeDatabase

ROLES = [one.value for one in Role]


@click.group(short_help="Tokens for `ftops serve`.")
def token() -> None:
    r"""Tokens for `ftops serve`: only their sha256 is kept, in .ftops/serve.db.

    A viewer looks, a tester also asks models, an admin also sees everybody's usage.

    \b
    ftops token create ann --role tester    shows it once
    ftops token list
    ftops token revoke 3f2a91c04b
    """


@token.command(short_help="Make a token and show it once.")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default=Role.VIEWER.value, show_default=True)
@click.option("--days", type=click.IntRange(1, 3650), help="After so many days it counts no more.")
@click.option(
    "--print-hash", is_flag=True, help="Keep nothing; print the entry for FTOPS_SERVE_TOKENS too."
)
@pass_session
def create(session: Session, name: str, role: str, days: int | None, *, print_hash: bool) -> int:
    r"""Make a token, and show it this once.

    \b
    ftops token create dashboard
    ftops token create ann --role tester --days 90
    ftops token create ci --print-hash      for a container without .ftops
    """
    from ftops.serve.access.new_token import NAME_FORM, VARIABLE, new_token

    if not NAME_FORM.fullmatch(name):
        raise click.UsageError("NAME is 1 to 64 letters, digits, dots, _, @ and -")
    if print_hash and days is not None:
        raise click.UsageError("--days needs the store; a hash in the environment has no end")
    now = session.workplace.clock.now()
    ends = None if days is None else now + timedelta(days=days)
    kept, text = new_token(name, Role(role), now, ends)
    if not print_hash:
        with _store(session) as store:
            store.add(kept)
    session.show(text)
    if print_hash:
        session.show(f"{VARIABLE}={kept.name}:{kept.role}:{kept.digest}")
    session.say(f"this is the only time it is shown; its id is {kept.id}")
    return Exit.FINE


@token.command("list", short_help="Every token: role, age, last use.")
@format_option(Format.JSON)
@pass_session
def list_tokens(session: Session, output: Format) -> int:
    r"""Show every token, also those that count no more.

    \b
    ftops token list
    ftops token list -o json
    """
    now = session.workplace.clock.now()
    with _store(session) as store:
        found = store.tokens()
    if output is Format.JSON:
        rows = [_plain(one, now) for one in found]
        session.show(json.dumps({"format_version": 1, "tokens": rows}, indent=2))
        return Exit.FINE
    if not found:
        session.say("there is no token yet; `ftops token create NAME` makes one")
        return Exit.FINE
    session.show(_table(found, now))
    return Exit.FINE


@token.command(short_help="Let a token count no more.")
@click.argument("token_id", metavar="ID")
@pass_session
def revoke(session: Session, token_id: str) -> int:
    r"""Let a token count no more; a running server knows within seconds.

    \b
    ftops token revoke 3f2a91c04b
    """
    with _store(session) as store:
        done = store.revoke(token_id, session.workplace.clock.now())
        known = any(one.id == token_id for one in store.tokens())
    if not known:
        raise FtopsError(f"there is no token {token_id}", hint="`ftops token list` shows their ids")
    session.show(f"{token_id}: {'revoked' if done else 'was revoked already'}")
    return Exit.FINE


@contextmanager
def _store(session: Session) -> "Iterator[ServeDatabase]":
    from ftops.adapters.own_folder.folder import make_own_folder
    from ftops.adapters.serve_store.database import ServeDatabase

    store = ServeDatabase(make_own_folder(session.workplace.root))
    try:
        yield store
    finally:
        store.close()


def _state(one: Token, now: datetime) -> str:
    if one.revoked_at is not None:
        return "revoked"
    return "valid" if one.is_valid(now) else "expired"


def _plain(one: Token, now: datetime) -> dict[str, object]:
    moments = {
        "created_at": one.created_at,
        "expires_at": one.expires_at,
        "revoked_at": one.revoked_at,
        "last_used_at": one.last_used_at,
    }
    told = {name: plain(moment) for name, moment in moments.items()}
    return {"id": one.id, "name": one.name, "role": one.role, "state": _state(one, now), **told}


def _table(found: Sequence[Token], now: datetime) -> str:
    rows: list[tuple[str, ...]] = [("ID", "NAME", "ROLE", "STATE", "MADE", "ENDS", "LAST USED")]
    rows += [
        (
            *(one.id, one.name, one.role, _state(one, now)),
            *map(_day, (one.created_at, one.expires_at, one.last_used_at)),
        )
        for one in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _day(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d}"
