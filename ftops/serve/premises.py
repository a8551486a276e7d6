"""What every route is given: the one who looks, and the bell that rings when something is new."""

import asyncio
from dataclasses import dataclass, field

from ftops.serve.access.open_gate import OpenGate
from ftops.serve.asking import Asking
from ftops.serve.counters import Counters
from ftops.serve.ports import Gate
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.serve.watch import Watch


class Bell:
    """Lets many coroutines wait for the next snapshot; the looker rings it from its own thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung = asyncio.Event()
        self.is_over = False

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ring in this loop from now on."""
        self._loop = loop

    def ring(self, _: Snapshot | None = None) -> None:
        """Wake everybody who waits; any thread may call it."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Let every stream come to its end."""
        self.is_over = True
        self.ring()

    def listen(self) -> asyncio.Event:
        """Return what is set when it rings next; to be had before looking, or a ring is missed."""
        return self._rung

    @staticmethod
    async def heard(ring: asyncio.Event, seconds: float) -> bool:
        """Return whether it rang since then, or does within so many seconds."""
        try:
            await asyncio.wait_for(ring.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _wake(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Readers only: no route can change what is declared, recorded or trained."""

    watch: Watch
    asking: Asking
    gate: Gate = field(default_factory=OpenGate)
    counters: Counters = field(default_factory=Counters)
    bell: Bell = field(default_factory=Bell)
    hosts: tuple[str, ...] | None = ()
    """Names this server answers to beside loopback's; None: to any."""
    is_behind_tls: bool = False
    webhook_secret: bytes | None = field(default=None, repr=False)
