"""Changed rows in the words that a reviewer reads, masked and clipped."""

from collections.abc import Mapping
from dataclasses import dataclass

from ftops.dataset.changes.data_change import RowChanges, RowTold, What
from ftops.dataset.changes.excerpts import edits, gist
from ftops.dataset.changes.row_index import PlacedRows

Change = tuple[int | None, int | None]
"""A changed row's position in the old data and in the new; None where it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of changed rows by position, as far as they are at hand."""

    old: Mapping[int, bytes]
    new: Mapping[int, bytes]


def in_order(changes: RowChanges) -> list[Change]:
    """Return every changed row by its place, a removed one by where it was."""
    found: list[Change] = [(None, new) for new in changes.added]
    found += [(old, None) for old in changes.removed]
    found += changes.edited
    return sorted(found, key=lambda one: (one[0] if one[1] is None else one[1], one[1] is None))


def tell(change: Change, placed: PlacedRows, texts: Texts) -> RowTold:
    """Return one changed row as it may be shown."""
    old, new = change
    before = None if old is None else texts.old.get(old)
    after = None if new is None else texts.new.get(new)
    what: What = "added" if old is None else "removed" if new is None else "edited"
    file, line = (None, None) if new is None else placed.place(new)
    told = before if after is None else after
    return RowTold(
        what=what,
        file=file,
        line=line,
        old_row=None if old is None else old + 1,
        gist=None if told is None else gist(told),
        edits=edits(before, after) if before is not None and after is not None else None,
    )
