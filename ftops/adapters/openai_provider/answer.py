"""One HTTP answer, whoever fetched it, and what its error body says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import httpx2

SUCCESSES: Final = range(200, 300)
REDIRECTS: Final = range(300, 400)
_LONGEST_QUOTE: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and bytes; `url` without its query."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Say whether the status is one of 200 to 299."""
        return self.status in SUCCESSES

    @property
    def is_web_page(self) -> bool:
        """Say whether it is made for people to look at."""
        kind = self.headers.get("content-type", "")
        return "text/html" in kind or self.body.lstrip()[:1] == b"<"

    @property
    def retry_after(self) -> float | None:
        """Return the seconds the provider asks us to wait, if it does."""
        millis = _number(self.headers.get("retry-after-ms"))
        if millis is not None:
            return millis / 1000
        asked = self.headers.get("retry-after")
        seconds = _number(asked)
        return seconds if seconds is not None else self._seconds_until(asked)

    @property
    def told_at(self) -> datetime | None:
        """Return when it was given by the provider's own clock, if it says so."""
        return _moment(self.headers.get("date"))

    def _seconds_until(self, asked: str | None) -> float | None:
        """Return the distance between two HTTP dates, both by the provider's clock."""
        until, now = _moment(asked), self.told_at
        return None if until is None or now is None else max(0.0, (until - now).total_seconds())


class ErrorBody(msgspec.Struct, frozen=True):
    """The inside of `{"error": …}`."""

    message: str | None = None
    code: str | int | None = None
    type: str | None = None
    param: str | None = None

    def is_about(self, word: str) -> bool:
        """Say whether the word is part of the code or the type."""
        return word in f"{self.code} {self.type}".lower()


class _ErrorEnvelope(msgspec.Struct, frozen=True):
    error: ErrorBody | None = None


_ENVELOPES: Final = msgspec.json.Decoder(_ErrorEnvelope, strict=False)


def answer_of(response: "httpx2.Response") -> Answer:
    """Return a response, already read, as a value."""
    url = response.request.url.copy_with(query=None)
    return Answer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=response.content,
        url=str(url),
    )


def api_error(body: bytes) -> ErrorBody | None:
    """Return the API's own error; a gateway's or a proxy's words are not one."""
    try:
        error = _ENVELOPES.decode(body).error
    except msgspec.DecodeError:
        return None
    return error if error is not None and (error.message or error.code) else None


def quote(answer: Answer) -> str:
    """Return what a body that is no API error says in one short line; empty for a web page."""
    if answer.is_web_page:
        return ""
    text = answer.body.decode(errors="replace")
    try:
        value: Any = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        value = text
    if isinstance(value, dict):
        told = (value.get(name) for name in ("message", "detail", "error"))
        value = next((one for one in told if isinstance(one, str)), text)
    return shorten(str(value))


def shorten(text: str) -> str:
    """Return the text in one line of bounded length, only its printable characters."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


def _moment(text: str | None) -> datetime | None:
    """Return an HTTP date; one without its zone says nothing."""
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
