"""What became of a dataset, in words: figures, the bill, and single rows."""

from collections.abc import Iterator

from ftops.core.against_lock import AgainstLock
from ftops.dataset.changes.data_change import DataChange, Edit, RowChanges, RowTold, SideChange
from ftops.render.words import CENT, dollars, plural

MARK_OF = {"added": "+", "removed": "-", "edited": "~"}
_HIDDEN = "only a value that is hidden differs"
_NO_TEXT = "its text is not to be had"


def change_lines(change: DataChange) -> Iterator[str]:
    """Yield the figures of every side, then the bill against the locked run's."""
    for side in change.sides:
        yield f"{side.side}: {_side_words(side)}"
        if side.warnings:
            count = plural(len(side.warnings), "warning")
            yield f"{side.side}: {count} about rows added or edited"
    if change.against is not None:
        yield bill_words(change.against)


def bill_words(against: AgainstLock) -> str:
    """Return the trained tokens and the money, then and now."""
    if against.stand_in is not None:
        return f"against the locked run: {against.stand_in} stood in, which counts other tokens"
    if against.old_tokens is None:
        return "against the locked run: it told no trained tokens"
    about = "" if against.is_exact else "~"
    tokens = f"{against.old_tokens:,} → {about}{against.new_tokens:,} trained tokens"
    grown = against.new_tokens - against.old_tokens
    return f"against the locked run: {tokens} ({grown:+,}){_money_words(against)}"


def row_words(told: RowTold) -> str:
    """Return where a changed row stands, and what it says."""
    place = f"old row {told.old_row:,}:" if told.line is None else f"{told.file}:{told.line}"
    said = _NO_TEXT if told.gist is None else told.gist
    if told.edits is None:
        return f"{place} {said}"
    return f"{place} {'; '.join(map(_edit_words, told.edits)) or _HIDDEN}"


def untold(side: SideChange) -> int:
    """Return how many of the changed rows are not told."""
    rows = side.rows
    if rows is None or not side.told:
        return 0
    return len(rows.added) + len(rows.removed) + len(rows.edited) - len(side.told)


def _side_words(side: SideChange) -> str:
    if side.rows is None:
        return side.unknown or ""
    return _figures(side.rows)


def _figures(rows: RowChanges) -> str:
    if rows.is_empty:
        how = "in another order" if rows.is_reordered else "written otherwise"
        return f"the same {plural(rows.after, 'row')}, {how}"
    counts = (
        (len(rows.added), "added"),
        (len(rows.removed), "removed"),
        (len(rows.edited), "edited"),
    )
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    order = ", others moved" if rows.is_reordered else ""
    return f"{plural(rows.before, 'row')} → {rows.after:,}: {told}, {rows.unchanged:,} same{order}"


def _edit_words(edit: Edit) -> str:
    if edit.old is None or edit.new is None:
        what = f"+ {edit.new}" if edit.old is None else f"- {edit.old}"
        return f"{edit.path}: {what}"
    return f"{edit.path}: {edit.old} → {edit.new}"


def _money_words(against: AgainstLock) -> str:
    """Return the money then and now; nothing if a price is unknown, or all of it is free."""
    if against.old_usd is None or against.new_usd is None:
        return ""
    if not (against.old_usd or against.new_usd):
        return ""
    if max(against.old_usd, against.new_usd) < CENT:
        return ", less than a cent each"
    old, new = dollars(against.old_usd), dollars(against.new_usd, about=not against.is_exact)
    # The difference is of what is shown, or the reader's own sum would be another.
    more = round(round(against.new_usd, 2) - round(against.old_usd, 2), 2)
    signed = "the same" if not more else f"{'-' if more < 0 else '+'}{dollars(abs(more))}"
    return f", {old} → {new} ({signed})"
