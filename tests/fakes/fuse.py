"""Sudden death: a fuse that burns a little with every step of a fake, and then ends the run."""

import threading


class Crash(BaseException):
    """The process dies here; no `except Exception` may survive it."""


class Fuse:
    """Raises Crash at step number `length`, counted from 1; one without a length never does."""

    def __init__(self, length: int | None = None) -> None:
        self._lock = threading.Lock()
        self.length = length
        self.steps: list[str] = []

    def burn(self, step: str) -> None:
        """Take one step, or die before it."""
        with self._lock:
            self.steps.append(step)
            if self.length is not None and len(self.steps) >= self.length:
                raise Crash(f"step {len(self.steps)}: {step}")
