"""A clock that moves only when somebody sleeps."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Final

NOON: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class FakeClock:
    """Sleeping moves the time at once; `slept` holds every sleep that was asked for."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self._lock = threading.Lock()
        self._stopped = False
        self.slept: list[float] = []

    @property
    def stopped(self) -> bool:
        return self._stopped

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            if not self._stopped:
                self._now += timedelta(seconds=seconds)

    def stop(self) -> None:
        self._stopped = True

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
