"""What a training would bill, beside what the locked one did."""

from dataclasses import dataclass

from ftops.core.desired import Desired
from ftops.core.lock import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstLock:
    """Trained tokens and US dollars, then and now; None where nobody knows."""

    old_tokens: int | None
    new_tokens: int
    old_usd: float | None
    new_usd: float | None
    is_exact: bool


def against_lock(desired: Desired, lock: Lock) -> AgainstLock:
    """Put a declared training beside the recorded one."""
    estimate = desired.estimate
    return AgainstLock(
        old_tokens=lock.trained_tokens,
        new_tokens=estimate.trained_tokens,
        old_usd=lock.cost_usd,
        new_usd=estimate.usd,
        is_exact=estimate.exact and not estimate.epochs_are_assumed,
    )
