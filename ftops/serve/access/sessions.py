"""Sessions of browsers: a random word in a cookie stands for a token that was shown once."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from ftops.ports import Clock

COOKIE: Final = "ftops_session"
LASTS: Final = timedelta(hours=12)
MOST: Final = 1000


class Sessions:
    """In memory only: after a restart everybody shows the token again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def begin(self, token_id: str) -> str:
        """Return a new session's word."""
        word = secrets.token_urlsafe(32)
        with self._lock:
            self._open[_mark(word)] = token_id, self._clock.now() + LASTS
            while len(self._open) > MOST:
                self._open.popitem(last=False)
        return word

    def token_of(self, word: str) -> str | None:
        """Return the id of the token that the session stands for, while it lasts."""
        with self._lock:
            found = self._open.get(_mark(word))
        return found[0] if found is not None and self._clock.now() < found[1] else None

    def end(self, word: str) -> None:
        """Forget a session."""
        with self._lock:
            self._open.pop(_mark(word), None)


def _mark(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
