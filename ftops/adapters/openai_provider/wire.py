"""The one HTTP client of a connection: looks that are repeated, and requests that are not."""

import random
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ftops.adapters.openai_provider.answer import Answer, answer_of, shorten
from ftops.adapters.openai_provider.connection import Connection
from ftops.adapters.openai_provider.direct import (
    CONNECT_SECONDS,
    FAILURES,
    LOOK_SECONDS,
    direct_to,
)
from ftops.adapters.openai_provider.refusals import UNCLEAR, failure_of, silence_of
from ftops.errors import (
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    Refusal,
    TargetError,
)
from ftops.version import __version__

if TYPE_CHECKING:
    import httpx2

ANSWER_SECONDS: Final = 180.0
"""A model that nobody called for a while takes its time."""

TRIES: Final = 3
LONGEST_WAIT: Final = 30.0
_FIRST_WAIT: Final = 0.5

Sleep = Callable[[float], None]
Params = Sequence[tuple[str, str]]


class Wire:
    """Speaks to one endpoint; safe to use from several threads.

    Looks go the direct way where there is one; what else is sent goes by a client, which is opened
    when it is needed.
    """

    def __init__(
        self, connection: Connection, http: "httpx2.Client | None" = None, *, sleep: Sleep
    ) -> None:
        self.connection = connection
        self._direct = direct_to(connection) if http is None else None
        self._http = http
        self._lock = threading.Lock()
        self._sleep = sleep
        self.told_at: datetime | None = None
        if self._direct is None:
            _ = self.http

    @property
    def http(self) -> "httpx2.Client":
        """Return the client."""
        with self._lock:
            if self._http is None:
                self._http = open_client(self.connection)
            # A redirected POST would be sent again, perhaps to somebody else.
            self._http.follow_redirects = False
            return self._http

    def get(self, path: str, params: Params = ()) -> Answer:
        """Return a look's answer of any kind; a bad moment is waited out, a few times."""
        for number in range(1, TRIES):
            try:
                answer = self._get_once(path, params)
            except ProviderUnavailable:
                self._sleep(_backoff(number))
                continue
            wait = self._wait_before_retry(answer, number)
            if wait is None:
                return answer
            self._sleep(wait)
        return self._get_once(path, params)

    def look(self, path: str, params: Params = ()) -> Answer:
        """Return a look's success; raises ProviderError."""
        answer = self.get(path, params)
        if not answer.is_success:
            raise failure_of(answer, self.connection)
        return answer

    @contextmanager
    def posted(self, path: str, body: Mapping[str, Any]) -> Iterator["httpx2.Response"]:
        """Send one POST once and yield its response unread; raises ProviderError."""
        import httpx2  # noqa: PLC0415 - 0.2 s that a plan must not pay

        timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        request = self._request("POST", path, json=dict(body), timeout=timeout)
        try:
            response = self.http.send(request, stream=True)
            try:
                if not response.is_success:
                    response.read()
                    raise failure_of(answer_of(response), self.connection)
                yield response
            finally:
                response.close()
        except httpx2.RequestError as error:
            raise silence_of(error, self.connection) from error

    def close(self) -> None:
        """Give the connections back."""
        if self._direct is not None:
            self._direct.close()
        with self._lock:
            if self._http is not None:
                self._http.close()

    def _get_once(self, path: str, params: Params) -> Answer:
        answer = self._get_directly(path, params) or self._get_by_client(path, params)
        self.told_at = answer.told_at
        return answer

    def _get_directly(self, path: str, params: Params) -> Answer | None:
        if self._direct is None:
            return None
        url = f"{self.connection.base_url}{path}"
        try:
            return self._direct.get(url, urlencode(params), self._headers())
        except FAILURES as error:
            raise silence_of(error, self.connection) from error

    def _get_by_client(self, path: str, params: Params) -> Answer:
        import httpx2  # noqa: PLC0415 - as above

        request = self._request("GET", path, params=list(params))
        try:
            return answer_of(self.http.send(request))
        except httpx2.RequestError as error:
            raise silence_of(error, self.connection) from error

    def _headers(self) -> dict[str, str]:
        return {"User-Agent": f"ftops/{__version__}", **self.connection.headers()}

    def _request(self, method: str, path: str, **parts: Any) -> "httpx2.Request":  # noqa: ANN401 - httpx2's own parts
        url = f"{self.connection.base_url}{path}"
        return self.http.build_request(method, url, headers=self._headers(), **parts)

    def _wait_before_retry(self, answer: Answer, number: int) -> float | None:
        """Return how long to wait before the next try, or None if the answer stands."""
        if answer.is_success or not _is_a_bad_moment(answer, self.connection):
            return None
        asked = answer.retry_after
        if asked is None:
            return _backoff(number)
        return asked if asked <= LONGEST_WAIT else None


def open_client(connection: Connection) -> "httpx2.Client":
    """Return a client of our own: no proxies for our own server, no TLS for plain http."""
    import httpx2  # noqa: PLC0415 - as above

    try:
        # Without TLS nothing is loaded: the system's certificates take longer than a whole look at
        # a local server. With it SSL_CERT_FILE counts for our own server too, unlike proxies.
        trust = (
            httpx2.create_ssl_context()
            if connection.uses_tls
            else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        return httpx2.Client(
            timeout=httpx2.Timeout(LOOK_SECONDS, connect=CONNECT_SECONDS),
            trust_env=connection.kind != "local",
            verify=trust,
        )
    except (OSError, ImportError, ValueError) as error:
        raise TargetError(
            f"no connection to {connection.base_url} can be set up: {shorten(str(error))}",
            hint="it is the machine's own: look at HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE",
        ) from error


def _is_a_bad_moment(answer: Answer, connection: Connection) -> bool:
    too_many = HTTPStatus.TOO_MANY_REQUESTS
    if answer.status != too_many:
        return answer.status in UNCLEAR or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    error: ProviderError = failure_of(answer, connection)
    return not isinstance(error, ProviderRejected) or error.refusal is Refusal.RATE


def _backoff(number: int) -> float:
    wait: float = _FIRST_WAIT * 2 ** (number - 1)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - jitter is no secret
