"""How a provider behaves: what it does to a request, and which of its promises it breaks."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What goes wrong with one request; `is_accepted` says whether it was carried out first."""

    CLOSES_BEFORE = "closes the connection before it does anything"
    RESETS_BEFORE = "resets the connection before it does anything"
    FAILS_BEFORE = "answers 500 and does nothing"
    LIMITS_BEFORE = "answers 429 like a proxy and does nothing"
    REDIRECTS = "redirects with 307 to itself and does nothing"
    KILLS_BEFORE = "the client dies before it does anything"
    KILLS_AFTER = "accepts, and the client dies before the answer"
    CLOSES_AFTER = "accepts, and closes without a word"
    RESETS_AFTER = "accepts, and resets the connection"
    HANGS_AFTER = "accepts, and says nothing"
    DRIPS_AFTER = "accepts, and answers a byte at a time"
    TRUNCATES = "accepts, and sends half the body"
    GARBLES = "accepts, and answers JSON cut in the middle, its length told right"
    SHOWS_A_PAGE = "accepts, and answers 200 with a web page"
    SAYS_NOTHING_NEW = "accepts, and answers 200 with an empty object"
    TOO_MANY_AFTER = "accepts, and answers 429 like a proxy"
    FAILS_AFTER = "accepts, and answers 500"
    BAD_GATEWAY_AFTER = "accepts, and answers 502 with a web page"
    UNAVAILABLE_AFTER = "accepts, and answers 503 with x-should-retry"
    GATEWAY_TIMEOUT_AFTER = "accepts, and answers 504 with a web page"

    @property
    def is_accepted(self) -> bool:
        return self not in _NOT_ACCEPTED

    @property
    def kills(self) -> bool:
        return self in {Fault.KILLS_BEFORE, Fault.KILLS_AFTER}


_NOT_ACCEPTED: Final = frozenset(
    {
        Fault.CLOSES_BEFORE,
        Fault.RESETS_BEFORE,
        Fault.FAILS_BEFORE,
        Fault.LIMITS_BEFORE,
        Fault.REDIRECTS,
        Fault.KILLS_BEFORE,
    }
)

STATUSES: Final[Mapping[Fault, tuple[str, bytes, str]]] = {
    Fault.FAILS_BEFORE: ("500 Internal Server Error", b"{}", ""),
    Fault.FAILS_AFTER: ("500 Internal Server Error", b"{}", ""),
    Fault.LIMITS_BEFORE: ("429 Too Many Requests", b"", "Retry-After: 0\r\n"),
    Fault.TOO_MANY_AFTER: ("429 Too Many Requests", b"", "Retry-After: 0\r\n"),
    Fault.BAD_GATEWAY_AFTER: ("502 Bad Gateway", b"<html>bad gateway</html>", ""),
    Fault.UNAVAILABLE_AFTER: (
        "503 Service Unavailable",
        b"{}",
        "x-should-retry: true\r\nRetry-After: 0\r\n",
    ),
    Fault.GATEWAY_TIMEOUT_AFTER: ("504 Gateway Timeout", b"<html>too late</html>", ""),
    Fault.SHOWS_A_PAGE: ("200 OK", b"<html>welcome</html>", ""),
    Fault.SAYS_NOTHING_NEW: ("200 OK", b"{}", ""),
}
"""Status line, body and more headers of the answers that are simply other ones."""


MEETING_SECONDS: Final = 10.0


def no_client() -> None:
    """Kill nobody."""


@dataclass(slots=True, kw_only=True)
class Weather:
    """`at` names the fault of a request by its number, `creations` those of creations, in order.

    A job is shown only by the listings after its first `unlisted_for` ones. `kill` ends the client.
    `clock` is how far the server's own clock is ahead, None for a server that does not tell time.
    """

    at: dict[int, Fault] = field(default_factory=dict)
    creations: list[Fault] = field(default_factory=list)
    unlisted_for: int = 0
    ignores_filter: bool = False
    drops_metadata: bool = False
    births_a_page: int = 0
    clock: float | None = None
    meeting: threading.Barrier | None = None
    kill: Callable[[], None] = no_client

    def let_them_meet(self) -> None:
        """Hold a creation until another one has arrived, or long enough: so races are lost."""
        if self.meeting is not None:
            with suppress(threading.BrokenBarrierError):
                self.meeting.wait(MEETING_SECONDS)

    def fault_of(self, number: int, *, is_creation: bool) -> Fault | None:
        """Return what goes wrong with this request."""
        if is_creation and self.creations:
            return self.creations.pop(0)
        return self.at.get(number)


def of_a_meeting() -> Weather:
    """Return weather in which two creations that could come together do."""
    return Weather(meeting=threading.Barrier(2))
