"""What became of a spec's data, as parts of a JSON document."""

from ftops.core.against_lock import AgainstLock
from ftops.dataset.changes.data_change import DataChange, RowTold, SideChange
from ftops.render.change_words import untold
from ftops.render.json_parts import Plain, problem_part


def data_part(change: DataChange | None) -> Plain | None:
    """Return what differs from what the lock was trained on; null where nothing is compared."""
    if change is None:
        return None
    against = change.against
    return {
        "sides": [_side_part(one) for one in change.sides],
        "against_lock": None if against is None else _against_part(against),
    }


def _side_part(side: SideChange) -> Plain:
    rows = side.rows
    return {
        "side": side.side,
        "unknown": side.unknown,
        "rows": None
        if rows is None
        else {
            "before": rows.before,
            "after": rows.after,
            "added": len(rows.added),
            "removed": len(rows.removed),
            "edited": len(rows.edited),
            "reordered": rows.is_reordered,
        },
        "warnings": [problem_part(one) for one in side.warnings],
        "listed": [_row_part(one) for one in side.told],
        "not_listed": untold(side),
    }


def _row_part(told: RowTold) -> Plain:
    return {
        "what": told.what,
        "file": told.file,
        "line": told.line,
        "old_row": told.old_row,
        "gist": told.gist,
        "edits": None
        if told.edits is None
        else [{"path": one.path, "old": one.old, "new": one.new} for one in told.edits],
    }


def _against_part(against: AgainstLock) -> Plain:
    return {
        "trained_tokens": {"old": against.old_tokens, "new": against.new_tokens},
        "usd": {"old": against.old_usd, "new": against.new_usd},
        "exact": against.is_exact,
    }
