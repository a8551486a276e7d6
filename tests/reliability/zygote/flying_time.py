"""Let time fly: a clock that is some way off, and sleeps that are over at once."""

import threading
from datetime import datetime, timedelta
from typing import Final

from typing_extensions import override

from ftops.adapters.system_clock import SystemClock
from ftops.wiring import ground
from tests.reliability.zygote.put import put

A_BLINK: Final = 0.004


def let_time_fly(ahead: float) -> None:
    """Begin `ahead` seconds from now; every sleep moves the clock by all of it, and takes a blink.

    So a run waits as patiently as it would for a person, with the times that people have.
    """
    lock, offset = threading.Lock(), [ahead]

    class FlyingClock(SystemClock):
        @override
        def now(self) -> datetime:
            return super().now() + timedelta(seconds=offset[0])

        @override
        def sleep(self, seconds: float) -> None:
            if not self.stopped:
                with lock:
                    offset[0] += seconds
            super().sleep(min(seconds, A_BLINK))

    put(ground, "SystemClock", FlyingClock)
