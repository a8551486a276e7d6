"""What a settled training was expected to bill, beside what the provider billed for it."""

from dataclasses import dataclass
from typing import Self

from ftops.core.desired import Desired
from ftops.core.lock import Lock
from ftops.core.plan import Change, Forget
from ftops.core.stand_in import stand_in_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure, estimated and billed; either may be unknown."""

    estimated: float | None
    billed: float | None

    @property
    def percent(self) -> float | None:
        """Return how far the bill is above the estimate, in per cent of it, if that is a number."""
        if self.estimated is None or self.billed is None:
            return None
        if self.estimated == self.billed:
            return 0.0
        if not self.estimated:
            return None
        return round(100 * (self.billed - self.estimated) / self.estimated, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Trained tokens and US dollars of one lock; `exact` where the estimate assumed nothing.

    With `usd_per_hour` the training's time was billed, of which the provider tells nothing. What a
    `stand_in` counted is not what was estimated.
    """

    tokens: Comparison
    usd: Comparison
    exact: bool
    usd_per_hour: float | None = None
    stand_in: str | None = None

    @classmethod
    def of(cls, lock: Lock, desired: Desired | None, stands_in: str | None = None) -> Self:
        """Return the bill of a lock; without what it trained on nothing can be estimated."""
        estimate = None if desired is None else desired.estimate
        stand_in = stand_in_of(lock, desired, stands_in)
        return cls(
            tokens=Comparison(
                estimated=None if estimate is None or stand_in else estimate.trained_tokens,
                billed=lock.trained_tokens,
            ),
            usd=Comparison(
                estimated=None if estimate is None else estimate.usd, billed=lock.cost_usd
            ),
            stand_in=stand_in,
            usd_per_hour=None if estimate is None else estimate.usd_per_hour,
            exact=estimate is not None and estimate.exact and not estimate.epochs_are_assumed,
        )


def bill_of(change: Change, lock: Lock | None, stands_in: str | None = None) -> Bill | None:
    """Return the bill of a recorded training, None if no lock tells one.

    Data that has changed since then, or whose spec is gone, is not what was billed.
    """
    if lock is None:
        return None
    desired = None if isinstance(change, Forget) else change.desired
    if desired is not None and not lock.is_for(desired.fingerprint, desired.target):
        desired = None
    return Bill.of(lock, desired, stands_in)
