"""Take turns at launching with other machines, through the ledger that they share."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ftops.core.ledger import Acquired, Entry, Holder, Lease, Page, Released, Renewed, Tip, Watched
from ftops.core.names import SpecName
from ftops.core.progress import Waiting
from ftops.errors import LeaseHeld, LedgerError
from ftops.git_ports import Ledger
from ftops.ports import Clock, Reporter

TRIES_AGAINST_OTHERS: Final = 20
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 5.0
TELL_EVERY: Final = 60.0
PATIENCE_IN_LEASES: Final = 2
"""A holder that works is waited for as long as this many leases of a dead one would last."""
RENEW_AFTER_SHARE: Final = 3
"""A lease older than this share of its life is renewed before anything is launched under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Who takes turns here, and for how long a turn is good."""

    holder: Holder
    ttl: timedelta


class SharedLedger:
    """One process' view of the ledger: appends until its entry is in, remembers the last tip."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._one_at_a_time = threading.RLock()
        self._tip: Tip | None = None

    def fresh(self) -> Page:
        """Return what the ledger says now."""
        with self._one_at_a_time:
            self._tip = self._ledger.read()
            return self._tip.page

    def known(self) -> Page:
        """Return what the ledger said when this process last read or wrote it."""
        with self._one_at_a_time:
            return self.fresh() if self._tip is None else self._tip.page

    def write(self, make: Callable[[Page], Entry | None]) -> Page:
        """Append what `make` returns for the page as it is then; None writes nothing."""
        with self._one_at_a_time:
            for _ in range(TRIES_AGAINST_OTHERS):
                tip = self._tip or self._ledger.read()
                entry = make(tip.page)
                if entry is None:
                    self._tip = tip
                    return tip.page
                self._tip = self._ledger.append(tip, entry)
                if self._tip is not None:
                    return self._tip.page
        raise LedgerError(
            "the ledger is written to by others faster than this machine can",
            hint="run the same command again",
        )


class SharedTurns:
    """The Turns of a machine that shares a ledger.

    Changes that launch side by side share one lease; the last of them releases it. It is held only
    while something is looked for and requested, never while a job trains.
    """

    def __init__(
        self, ledger: SharedLedger, member: Membership, clock: Clock, reporter: Reporter
    ) -> None:
        self.ledger = ledger
        self.clock = clock
        self._member = member
        self._reporter = reporter
        self._one_at_a_time = threading.RLock()
        self._inside: set[SpecName] = set()
        self._lease = ""

    @property
    def lease(self) -> str:
        """Return the id of the lease that this process holds, empty for none."""
        return self._lease

    def prove(self) -> None:
        """Raise LedgerError unless the ledger answers."""
        self.ledger.fresh()

    @contextmanager
    def turn(self, spec: SpecName) -> Iterator[None]:
        """Wait for the lease and hold it inside the block; LeaseHeld if it takes too long."""
        with self._one_at_a_time:
            if self._inside:
                self._renew_if_old()
            else:
                self._acquire(spec)
            self._inside.add(spec)
        try:
            yield
        finally:
            self.leave(spec)

    def leave(self, spec: SpecName) -> None:
        """Give the lease back, if the spec is the last that launches under it."""
        with self._one_at_a_time:
            was_inside = spec in self._inside
            self._inside.discard(spec)
            if was_inside and not self._inside:
                self._release()

    def _acquire(self, spec: SpecName) -> None:
        lease = secrets.token_hex(8)
        watched: Watched | None = None
        waited, told_at, pause = 0.0, -TELL_EVERY, FIRST_PAUSE
        while True:
            held = self._try(lease, watched)
            if held is None:
                self._lease = lease
                return
            if self.clock.stopped or waited > self._most_seconds(held):
                raise _held(held, waited)
            if waited - told_at >= TELL_EVERY:
                self._reporter.tell(Waiting(spec=spec, why=_who_holds(held), seconds=pause))
                told_at = waited
            self.clock.sleep(pause)
            waited += pause
            watched = (watched or Watched.beginning(held)).still(held, pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _try(self, lease: str, watched: Watched | None) -> Lease | None:
        """Take the lease if it is free or may be taken over; return the one that is in the way."""
        self.ledger.fresh()
        page = self.ledger.write(lambda page: self._acquisition(page, lease, watched))
        return None if page.lease is not None and page.lease.id == lease else page.lease

    def _acquisition(self, page: Page, lease: str, watched: Watched | None) -> Acquired | None:
        now, held = self.clock.now(), page.lease
        if held is not None and not self._may_follow(held, watched):
            return None
        return Acquired(
            at=now,
            lease=lease,
            holder=self._member.holder,
            ttl=self._member.ttl,
            instead_of=None if held is None else held.id,
        )

    def _may_follow(self, held: Lease, watched: Watched | None) -> bool:
        seat = self._member.holder.seat
        if seat is not None and seat == held.holder.seat:
            return True
        seen = None if watched is None else watched.still(held, 0.0)
        return seen is not None and seen.has_run_out(held, self.clock.now())

    def _most_seconds(self, held: Lease) -> float:
        return PATIENCE_IN_LEASES * max(held.ttl, self._member.ttl).total_seconds()

    def _renew_if_old(self) -> None:
        def renewal(page: Page) -> Renewed | None:
            mine = page.lease
            now = self.clock.now()
            if mine is not None and now - mine.renewed_at < mine.ttl / RENEW_AFTER_SHARE:
                return None
            return Renewed(at=now, lease=self._lease)

        self.ledger.write(renewal)

    def _release(self) -> None:
        lease, self._lease = self._lease, ""

        def release(page: Page) -> Released | None:
            if page.lease is None or page.lease.id != lease:
                return None
            return Released(at=self.clock.now(), lease=lease)

        # What cannot be told any more runs out by itself; what was launched is in the ledger.
        with suppress(LedgerError):
            self.ledger.write(release)


def release_by_id(ledger: SharedLedger, lease: str, by: str, clock: Clock) -> Lease:
    """End the lease of that id, whoever holds it; LeaseHeld unless it is the one held now."""
    ended: list[Lease] = []

    def release(page: Page) -> Released:
        if page.lease is None or page.lease.id != lease:
            held = "nobody holds a lease" if page.lease is None else f"{page.lease.id} is held"
            raise LeaseHeld(
                f"{lease} is not the lease that is held: {held}",
                hint="`ftops lock status` shows it",
            )
        ended.append(page.lease)
        return Released(at=clock.now(), lease=lease, by=by)

    ledger.fresh()
    ledger.write(release)
    return ended[-1]


def _who_holds(held: Lease) -> str:
    return f"{held.holder.who} is launching since {held.since:%H:%M:%S} UTC"


def _held(held: Lease, waited: float) -> LeaseHeld:
    return LeaseHeld(
        f"{_who_holds(held)} ({held.holder.command}, process {held.holder.pid}); "
        f"waited {waited:.0f} s",
        hint=f"wait and apply again; if that machine is dead: ftops lock release --id {held.id}",
    )
