"""A project served on a real port, as a browser needs it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ftops.core.access import Budget
from ftops.serve.access.limits import Limits, Rates
from ftops.serve.access.meter import Meter
from ftops.serve.access.open_gate import OpenGate
from ftops.serve.app import create_app
from ftops.serve.asking import Asking
from ftops.serve.ports import Gate
from ftops.serve.premises import Premises
from ftops.serve.run import bound, server_for
from ftops.serve.watch import Pace, Watch
from tests.fakes.lookout import FakeLookout
from tests.fakes.serve_store import MemoryAudit, MemoryServeStore

PATIENCE = 20.0


@contextmanager
def served_on_a_port(
    lookout: FakeLookout, gate: Gate | None = None, pace: Pace | None = None
) -> Iterator[str]:
    """Yield the address; it is looked at once before, and then at the pace."""
    watch = Watch(lookout, pace or Pace(busy=60, idle=60))
    meter = Meter(MemoryServeStore(), Limits(Rates()), Budget(), lookout.clock)
    asking = Asking(watch, meter, MemoryAudit(), tells_prompts=False)
    premises = Premises(watch=watch, asking=asking, gate=gate or OpenGate())
    watch.look()
    listener = bound("127.0.0.1", 0)
    server = server_for(create_app(premises), premises.bell)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    ends = time.monotonic() + PATIENCE
    while not server.started:
        assert time.monotonic() < ends, "it never listened"
        time.sleep(0.02)  # noqa: TID251 - another thread is waited for
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        premises.bell.close()
        server.should_exit = True
        thread.join(PATIENCE)
