"""The ledger that machines share: who may launch now, and which creations were begun anywhere."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ftops.core.names import Fingerprint, TargetName
from ftops.core.observed import OpenIntent
from ftops.errors import LeaseLost

LEDGER_SCHEMA: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who launches: for people, but for `seat`.

    A seat is one checkout on one running machine, where a file lock lets only one process apply:
    whoever sits there now knows that an earlier holder of the same seat is dead. None is unknown.
    """

    who: str
    pid: int
    command: str
    seat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to launch; `token` grows with every acquisition, `entry` with every entry of it."""

    id: str
    holder: Holder
    since: datetime
    renewed_at: datetime
    ttl: timedelta
    token: int
    entry: int

    @property
    def runs_out_at(self) -> datetime:
        """Return when the lease ends by its holder's clock, unless it is renewed."""
        return self.renewed_at + self.ttl


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A creation that was begun, with the project and the target it belongs to."""

    project: str
    target: TargetName
    intent: OpenIntent

    def is_same_training(self, project: str, target: TargetName, fingerprint: Fingerprint) -> bool:
        """Say whether it is that training of that project."""
        return (self.project, self.target, self.intent.fingerprint) == (
            project,
            target,
            fingerprint,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquired:
    """A machine takes the lease; over a dead holder's head if `instead_of` names its lease."""

    at: datetime
    lease: str
    holder: Holder
    ttl: timedelta
    instead_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """The holder is still at work."""

    at: datetime
    lease: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """The holder is about to request a creation."""

    at: datetime
    lease: str
    begun: Begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The answer named the job that the intent has become."""

    at: datetime
    begun: Begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of a creation is known; whoever learns it may write so."""

    at: datetime
    project: str
    target: TargetName
    fingerprint: Fingerprint
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The holder is done, or a person ended a lease by its id (`by`)."""

    at: datetime
    lease: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A person let a machine try whether it may write here; nothing follows from it."""

    at: datetime
    who: str


Entry = Acquired | Renewed | Intended | Posted | Ended | Released | Tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What all entries so far come to; `begun` are the creations without an end, eldest first."""

    entries: int = 0
    lease: Lease | None = None
    begun: tuple[Begun, ...] = ()

    def after(self, entry: Entry) -> "Page":
        """Return the page with one more entry; LeaseLost if its writer no longer holds the lease.

        This is the fence: a writer whose lease was taken over gets no intent into the ledger, and
        without that it requests nothing.
        """
        grown = replace(self, entries=self.entries + 1)
        match entry:
            case Acquired():
                return replace(grown, lease=self._acquired(entry))
            case Renewed():
                return replace(grown, lease=self._renewed(entry.lease, entry.at))
            case Intended(begun=begun):
                lease = self._renewed(entry.lease, entry.at)
                return replace(grown, lease=lease, begun=self._with(begun))
            case Posted(begun=begun):
                return replace(grown, begun=self._with(begun))
            case Ended(project=project, target=target, fingerprint=fingerprint):
                return replace(grown, begun=self._without(project, target, fingerprint))
            case Released():
                self._held_as(entry.lease)
                return replace(grown, lease=None)
            case Tried():  # pragma: no branch - the last entry of a closed set
                return grown

    def find(self, project: str, target: TargetName, fingerprint: Fingerprint) -> Begun | None:
        """Return what was begun of that training and never ended."""
        mine = (one for one in self.begun if one.is_same_training(project, target, fingerprint))
        return next(mine, None)

    def open_intents(self, project: str, target: TargetName) -> tuple[OpenIntent, ...]:
        """Return the creations of one project's target that were begun and never ended."""
        return tuple(
            one.intent for one in self.begun if (one.project, one.target) == (project, target)
        )

    def _acquired(self, entry: Acquired) -> Lease:
        holder = None if self.lease is None else self.lease.id
        if holder not in {None, entry.lease, entry.instead_of}:
            raise _lost(self.lease)
        return Lease(
            id=entry.lease,
            holder=entry.holder,
            since=entry.at,
            renewed_at=entry.at,
            ttl=entry.ttl,
            token=self.entries + 1,
            entry=self.entries + 1,
        )

    def _renewed(self, lease: str, at: datetime) -> Lease:
        return replace(self._held_as(lease), renewed_at=at, entry=self.entries + 1)

    def _held_as(self, lease: str) -> Lease:
        if self.lease is None or self.lease.id != lease:
            raise _lost(self.lease)
        return self.lease

    def _with(self, begun: Begun) -> tuple[Begun, ...]:
        others = self._without(begun.project, begun.target, begun.intent.fingerprint)
        return (*others, begun)

    def _without(
        self, project: str, target: TargetName, fingerprint: Fingerprint
    ) -> tuple[Begun, ...]:
        return tuple(
            one for one in self.begun if not one.is_same_training(project, target, fingerprint)
        )


def _lost(now: Lease | None) -> LeaseLost:
    by = "it was released" if now is None else f"{now.holder.who} holds it now"
    return LeaseLost(
        f"the lease of this run was lost: {by}",
        hint="nothing was launched without it; run the same command again",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """One state of the ledger: its youngest entry's commit, None before the first, and its page."""

    commit: str | None
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How long a reader itself has seen one lease unchanged; seconds of its own waiting."""

    lease: str
    entry: int
    seconds: float = 0.0

    @classmethod
    def beginning(cls, lease: Lease) -> "Watched":
        """Return the first sight of a lease."""
        return cls(lease=lease.id, entry=lease.entry)

    def still(self, lease: Lease, seconds: float) -> "Watched":
        """Return the sight after some more waiting: begun anew if the holder has written since."""
        if (self.lease, self.entry) != (lease.id, lease.entry):
            return Watched.beginning(lease)
        return replace(self, seconds=self.seconds + seconds)

    def has_run_out(self, lease: Lease, now: datetime) -> bool:
        """Say whether the lease may be taken over.

        Both the reader's own patience and the entry's time must say so: a clock that is wrong,
        here or there, only makes it wait longer.
        """
        return self.seconds >= lease.ttl.total_seconds() and now >= lease.runs_out_at


def merged(here: tuple[OpenIntent, ...], shared: tuple[OpenIntent, ...]) -> tuple[OpenIntent, ...]:
    """Return the intents of two records, one per fingerprint: the later, with the jobs of both."""
    by_fingerprint: dict[Fingerprint, OpenIntent] = {}
    for one in sorted((*here, *shared), key=lambda intent: intent.begun_at):
        earlier = by_fingerprint.pop(one.fingerprint, None)
        jobs = one.jobs if earlier is None else tuple(dict.fromkeys((*earlier.jobs, *one.jobs)))
        by_fingerprint[one.fingerprint] = replace(one, jobs=jobs)
    return tuple(by_fingerprint.values())
