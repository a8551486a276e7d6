"""How often and how many at once: moving windows per caller and for all, and a few seats."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ftops.serve.caller import Caller
from ftops.serve.problems import RefusedError

EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Bounds a minute, and how many models may be asked at once."""

    reads: int = 600
    tests: int = 20
    tests_of_all: int = 60
    at_once: int = 4


class Limits:
    """Counts in memory: one process serves, so what it counted is all there was."""

    def __init__(self, rates: Rates | None = None) -> None:
        self.rates = rates or Rates()
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._seats = threading.BoundedSemaphore(self.rates.at_once)

    def count_read(self, caller: Caller) -> None:
        """Count one request; raises once there were too many in a minute."""
        self._hit(RateLimitItemPerMinute(self.rates.reads), "read", caller.id)

    def count_test(self, caller: Caller) -> None:
        """Count one question to a model, for its caller and for all."""
        self._hit(RateLimitItemPerMinute(self.rates.tests), "test", caller.id)
        self._hit(RateLimitItemPerMinute(self.rates.tests_of_all), "test", EVERYBODY)

    def may_tell(self, client: str) -> bool:
        """Say whether another refusal of that client may be written down."""
        return self._windows.hit(RateLimitItemPerMinute(30), "denied", client)

    @contextmanager
    def seat(self) -> Iterator[None]:
        """Hold one of the few seats; raises if all are taken."""
        if not self._seats.acquire(blocking=False):
            raise _too_many(f"{self.rates.at_once} models are being asked already", 2)
        try:
            yield
        finally:
            self._seats.release()

    def _hit(self, item: RateLimitItem, kind: str, who: str) -> None:
        if not self._windows.hit(item, kind, who):
            whose = "all callers together" if who == EVERYBODY else "you"
            raise _too_many(f"{whose} asked more than {item.amount} times in a minute", 60)


def _too_many(message: str, seconds: int) -> RefusedError:
    return RefusedError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_requests",
        message,
        hint=f"ask again in {seconds} seconds",
        headers={"Retry-After": str(seconds)},
    )
