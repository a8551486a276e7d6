"""Now, and sleep: the only place where ftops reads time."""

from datetime import UTC, datetime
from queue import Empty, SimpleQueue


class SystemClock:
    """The machine's time; once stopped, every sleep of every thread returns at once."""

    def __init__(self) -> None:
        # A signal handler may interrupt a sleep in its own thread: `SimpleQueue.put` is reentrant,
        # while `threading.Event.set` would then wait for a lock that its own thread holds.
        self._wakes: SimpleQueue[None] = SimpleQueue()

    @property
    def stopped(self) -> bool:
        """Say whether `stop` was called."""
        return not self._wakes.empty()

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Return after `seconds`, or as soon as the clock is stopped."""
        try:
            self._wakes.get(timeout=max(0.0, seconds))
        except Empty:
            return
        self._wakes.put(None)

    def stop(self) -> None:
        """Wake every sleeper, for good; a signal handler may call it."""
        self._wakes.put(None)
