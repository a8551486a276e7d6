"""The ledger's texts: an entry as a commit's message, the page as the one file of its tree."""

from typing import Any, Final

import msgspec

from ftops.core.ledger import LEDGER_SCHEMA, Entry, Page
from ftops.errors import LedgerError

_HINT: Final = "`git log -p` on that ref shows who wrote it; go back by pushing an earlier commit"


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The file; keys that a later version adds are passed over, another schema is refused."""

    schema: int
    page: Page


def page_to_text(page: Page) -> bytes:
    """Return the file's bytes."""
    written = msgspec.json.encode(Written(schema=LEDGER_SCHEMA, page=page))
    return msgspec.json.format(written, indent=2) + b"\n"


def page_from_text(text: bytes, where: str) -> Page:
    """Return the page; LedgerError for one that is damaged or of a later schema."""
    try:
        schema = msgspec.json.decode(text, type=dict[str, Any]).get("schema")
        if isinstance(schema, int) and schema > LEDGER_SCHEMA:
            raise LedgerError(
                f"the ledger at {where} has schema {schema}; this ftops knows {LEDGER_SCHEMA}",
                hint="upgrade ftops on this machine",
            )
        page = msgspec.json.decode(text, type=Written).page
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LedgerError(f"the ledger at {where} is damaged: {error}", hint=_HINT) from error
    moments = [one.intent.begun_at for one in page.begun]
    moments += [one.intent.told_at for one in page.begun if one.intent.told_at is not None]
    if page.lease is not None:
        moments += [page.lease.since, page.lease.renewed_at]
    if any(moment.tzinfo is None for moment in moments):
        raise LedgerError(f"the ledger at {where} is damaged: a time without zone", hint=_HINT)
    return page


def entry_to_message(entry: Entry, nonce: str) -> str:
    """Return the commit's message; the nonce makes it unlike any other machine's."""
    kind = type(entry).__name__.lower()
    told = msgspec.json.encode({"entry": kind, "nonce": nonce, **msgspec.to_builtins(entry)})
    return f"{kind} {_about(entry)}\n\n{msgspec.json.format(told, indent=2).decode()}\n"


def _about(entry: Entry) -> str:
    begun = getattr(entry, "begun", None)
    if begun is not None:
        return str(begun.intent.spec)
    return str(getattr(entry, "lease", None) or getattr(entry, "fingerprint", "")[:12])
