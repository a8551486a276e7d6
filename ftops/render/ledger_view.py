"""What the ledger says: who launches, and which creations wait for an end; words and JSON."""

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.ledger import Begun, Page
from ftops.render.layout import Row, rows, safe
from ftops.render.plain_data import document
from ftops.render.words import moment


def ledger_view(page: Page, place: str) -> RenderableType:
    """Show the lease, then the begun creations."""
    count = f"{page.entries:,} {'entry' if page.entries == 1 else 'entries'}"
    head = [safe(f"{place}: {count}", "bold")]
    lease = page.lease
    if lease is None:
        head.append(safe("nobody is launching"))
    else:
        who = f"{lease.holder.who} ({lease.holder.command}, process {lease.holder.pid})"
        head += [
            safe(f"{who} is launching since {moment(lease.since)} UTC, turn {lease.token}"),
            safe(f"runs out at {moment(lease.runs_out_at)} UTC unless renewed"),
            safe(f"to end it, if that machine is dead: ftops lock release --id {lease.id}"),
        ]
    if not page.begun:
        return Group(*head)
    columns = ("begun (UTC)", "spec", "target", "project", "job")
    return Group(*head, Text(), rows(columns, map(_row, page.begun)))


def _row(begun: Begun) -> Row:
    intent = begun.intent
    jobs = ", ".join(intent.jobs) or "not known yet"
    cells = (moment(intent.begun_at), intent.spec, begun.target, begun.project, jobs)
    return Row(cells=tuple(map(safe, cells)))


def ledger_json(page: Page, place: str) -> str:
    """Return the ledger's page; `lease` is null while nobody launches."""
    lease = page.lease
    return document(
        {
            "ledger": place,
            "entries": page.entries,
            "lease": None
            if lease is None
            else {
                "id": lease.id,
                "who": lease.holder.who,
                "pid": lease.holder.pid,
                "command": lease.holder.command,
                "since": lease.since,
                "renewed_at": lease.renewed_at,
                "runs_out_at": lease.runs_out_at,
                "token": lease.token,
            },
            "begun": [
                {
                    "project": one.project,
                    "target": one.target,
                    "spec": one.intent.spec,
                    "fingerprint": one.intent.fingerprint,
                    "begun_at": one.intent.begun_at,
                    "jobs": one.intent.jobs,
                }
                for one in page.begun
            ],
        }
    )
