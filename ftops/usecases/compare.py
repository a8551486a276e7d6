"""Tell a reviewer what differs from what the locks were trained on: rows, warnings, the bill."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Final

from ftops.core.against_lock import against_lock
from ftops.core.desired import DataPin, Desired
from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.core.plan import Await, Confirm, Hold, Plan, Train, target_of
from ftops.dataset.changes.compare import compare
from ftops.dataset.changes.data_change import DataChange, RowChanges, RowTold, Side, SideChange
from ftops.dataset.changes.row_index import MOST_ROWS, PlacedRows, RowIndex, TooManyRowsError
from ftops.dataset.changes.tell import Texts, in_order, tell
from ftops.dataset.formats import FORMAT_OF
from ftops.errors import FtopsError, Problem
from ftops.ports import LockReader, RowSource
from ftops.usecases.past_rows import PastData, PastRows, Sought, digest_in
from ftops.usecases.plan import Prepared

MOVED: Final = "the data changed while ftops was reading it"
TOO_MANY: Final = f"more than {MOST_ROWS:,} rows are not compared"
LOST: Final = "the old rows are not to be had: no index and no commit has them"
CUT_OFF: Final = (
    "the old rows are not to be had: this clone is shallow; `git fetch --unshallow` brings the rest"
)


class _UnknownError(Exception):
    """Why one side cannot be compared: told, and no reason to refuse a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One side that differs."""

    desired: Desired
    lock: Lock
    side: Side
    pin: DataPin
    sought: Sought

    @property
    def method(self) -> str:
        return self.desired.spec.method

    @property
    def old_method(self) -> str:
        written = self.lock.inputs.get("method")
        return written if isinstance(written, str) and written in FORMAT_OF else self.method


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """What is compared with what; of each side so many changed rows are told."""

    rows: RowSource
    past: PastData
    most_told: int = 0

    def changes(self, prepared: Prepared) -> dict[SpecName, DataChange]:
        """Return what differs, by spec; a plan that changes nothing costs nothing."""
        found = {}
        for change in prepared.plan.changes:
            if not isinstance(change, Train | Await | Confirm | Hold):
                continue
            desired, target = change.desired, target_of(change)
            lock = prepared.locks[target].get(desired.name)
            if lock is None:
                continue
            site = prepared.sites[target]
            stands_in, locks = site.facts.stands_in, site.eyes.locks
            found[desired.name] = DataChange(
                sides=tuple(
                    self._compare(case, prepared.warnings) for case in _cases(desired, lock, locks)
                ),
                against=against_lock(desired, lock, stands_in)
                if isinstance(change, Train)
                else None,
            )
        return found

    def keep(self, plan: Plan) -> None:
        """Keep the index of all data that is about to be trained on, for the day it changes."""
        for desired in (change.desired for change in plan.trains):
            for pin in filter(None, (desired.pins.training, desired.pins.validation)):
                method = desired.spec.method
                if self.rows.kept(pin.digest, method) is None:
                    with suppress(_UnknownError):
                        self._read(pin, method)

    def _compare(self, case: _Case, warnings: tuple[Problem, ...]) -> SideChange:
        about = [one for one in warnings if one.line and one.path in case.pin.paths]
        with ExitStack() as at_hand:
            try:
                kept = self.rows.kept(case.pin.digest, case.method)
                placed = None
                if kept is None or self.most_told or about:
                    placed = self._read(case.pin, case.method)
                old, past = self._old(case, at_hand)
                new = placed.index if placed is not None else kept or RowIndex()
                changes = compare(old, new)
                if placed is None:
                    return SideChange(side=case.side, rows=changes)
                return SideChange(
                    side=case.side,
                    rows=changes,
                    told=self._tell(case, changes, placed, past),
                    warnings=_about_changed(about, changes, placed),
                )
            except _UnknownError as error:
                return SideChange(side=case.side, unknown=str(error))

    def _old(self, case: _Case, at_hand: ExitStack) -> tuple[RowIndex, PastRows | None]:
        """Return the old rows, and where their texts are, as far as texts are wanted."""
        kept = self.rows.kept(case.sought.digest, case.old_method)
        if kept is not None and not self.most_told:
            return kept, None
        past = None
        with suppress(OSError):
            past = at_hand.enter_context(self.past.find(case.sought))
        if kept is not None:
            return kept, past
        if past is None:
            raise _UnknownError(self._why_lost())
        self.rows.keep(past.placed, case.old_method)
        return past.placed.index, past

    def _why_lost(self) -> str:
        with suppress(FtopsError):
            return CUT_OFF if self.past.files.are_cut_off() else LOST
        return LOST

    def _read(self, pin: DataPin, method: str) -> PlacedRows:
        """Return the rows of today, and keep their index."""
        try:
            placed = self.rows.read(pin.source, method)
        except TooManyRowsError as error:
            raise _UnknownError(TOO_MANY) from error
        except FtopsError as error:
            raise _UnknownError(error.message) from error
        if placed.digest != pin.digest:
            raise _UnknownError(MOVED)
        self.rows.keep(placed, method)
        return placed

    def _tell(
        self, case: _Case, changes: RowChanges, placed: PlacedRows, past: PastRows | None
    ) -> tuple[RowTold, ...]:
        chosen = in_order(changes)[: self.most_told]
        if not chosen:
            return ()
        new = {one for _, one in chosen if one is not None}
        old = {one for one, _ in chosen if one is not None}
        try:
            texts = Texts(
                old={} if past is None else past.texts(old),
                new=self.rows.texts(case.pin.source, new),
            )
        except FtopsError as error:
            raise _UnknownError(error.message) from error
        return tuple(tell(one, placed, texts) for one in chosen)


def _cases(desired: Desired, lock: Lock, locks: LockReader) -> Iterator[_Case]:
    sides: tuple[tuple[Side, DataPin | None], ...] = (
        ("train", desired.pins.training),
        ("validation", desired.pins.validation),
    )
    for side, pin in sides:
        digest = digest_in(lock, side)
        if pin is not None and digest is not None and digest != pin.digest:
            sought = Sought(declared=desired.declared, side=side, digest=digest, locks=locks)
            yield _Case(desired=desired, lock=lock, side=side, pin=pin, sought=sought)


def _about_changed(
    warnings: Sequence[Problem], changes: RowChanges, placed: PlacedRows
) -> tuple[Problem, ...]:
    places = {placed.place(new) for _, new in in_order(changes) if new is not None}
    found = (one for one in warnings if (one.path, one.line) in places)
    return tuple(sorted(found, key=lambda one: (one.path or "", one.line or 0, one.column or 0)))
