"""What became of a change."""

from dataclasses import dataclass

from ftops.core.lock import Lock
from ftops.core.names import JobId
from ftops.core.plan import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another job of the same fingerprint, and whether apply has ended it."""

    job: JobId
    provider_status: str
    cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The change is done; `lock` is what the spec has now, None once forgotten."""

    change: Change
    lock: Lock | None
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The job runs at the provider and was not waited for."""

    change: Change
    job: JobId
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """A creation got no clear answer; the next run looks before anything else."""

    change: Change
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The change did not come about; `job` is the one that was made for it, if there is one."""

    change: Change
    message: str
    hint: str | None = None
    job: JobId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Not tried, and why: held for a person, or what it goes on from is not there.

    `waits` says that nobody needs to do anything: a later apply will find what is missing.
    """

    change: Change
    message: str
    hint: str | None = None
    waits: bool = False


Outcome = Settled | Started | Unconfirmed | Failed | Skipped


def is_fine(outcome: Outcome) -> bool:
    """Say whether an outcome leaves nothing for a person to do."""
    waits = isinstance(outcome, Skipped) and outcome.waits
    return waits or isinstance(outcome, Settled | Started)
