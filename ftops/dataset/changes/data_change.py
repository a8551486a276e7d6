"""`DataChange`: all that a reviewer is told about data that differs from what was trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from ftops.core.against_lock import AgainstLock
from ftops.core.names import SpecName
from ftops.errors import Problem

Side = Literal["train", "validation"]
What = Literal["added", "removed", "edited"]


Pair = tuple[int, int]
"""A position in the earlier version and one in the later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChanges:
    """Positions from 0: of removed rows in the earlier version, of added rows in the later."""

    before: int
    after: int
    added: tuple[int, ...]
    removed: tuple[int, ...]
    edited: tuple[Pair, ...]
    is_reordered: bool

    @property
    def unchanged(self) -> int:
        """How many rows both versions have."""
        return self.after - len(self.added) - len(self.edited)

    @property
    def is_empty(self) -> bool:
        """Whether both versions have the same rows, perhaps in another order."""
        return not (self.added or self.removed or self.edited)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One value that differs; `None` where there is none. Texts are masked and clipped."""

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTold:
    """One row that changed: where it stands now, its number in the old data, what it says.

    `gist` is None where the text is not to be had, `edits` where one of the two is not; an edited
    row that only differs in what is hidden has an empty tuple.
    """

    what: What
    file: str | None = None
    line: int | None = None
    old_row: int | None = None
    gist: str | None = None
    edits: tuple[Edit, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideChange:
    """One side of the data: what became of its rows, or why nobody can tell.

    `told` are some of the rows, if they were asked for; `warnings` those of the run that are about
    rows that were added or edited.
    """

    side: Side
    rows: RowChanges | None = None
    unknown: str | None = None
    told: tuple[RowTold, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChange:
    """Every side that differs, and the bill; a side that is new or gone as a whole is none."""

    sides: tuple[SideChange, ...]
    against: AgainstLock | None = None


DataChanges = Mapping[SpecName, DataChange]
NO_CHANGES: Final[DataChanges] = MappingProxyType({})
