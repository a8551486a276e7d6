"""What a training would bill, beside what the locked one did."""

from dataclasses import dataclass

from ftops.core.desired import Desired
from ftops.core.lock import Lock
from ftops.core.stand_in import stand_in_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstLock:
    """Trained tokens and US dollars, then and now; None where nobody knows.

    What a stand-in counted then is nothing to compare with.
    """

    old_tokens: int | None
    new_tokens: int
    old_usd: float | None
    new_usd: float | None
    is_exact: bool
    stand_in: str | None = None


def against_lock(desired: Desired, lock: Lock, stands_in: str | None = None) -> AgainstLock:
    """Put a declared training beside the recorded one."""
    estimate = desired.estimate
    stand_in = stand_in_of(lock, desired, stands_in)
    return AgainstLock(
        stand_in=stand_in,
        old_tokens=None if stand_in else lock.trained_tokens,
        new_tokens=estimate.trained_tokens,
        old_usd=lock.cost_usd,
        new_usd=estimate.usd,
        is_exact=estimate.exact and not estimate.epochs_are_assumed,
    )
