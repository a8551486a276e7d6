"""What a worker asks of and tells the server of another machine about its try."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import httpx2
import msgspec

from ftops.trainer import surroundings
from ftops.trainer.running.attempt_folder import Order, Result, plain_result, read_order

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 6 * 3600.0
_ANSWER_SECONDS: Final = 60.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 30.0
_OVER: Final = frozenset({401, 404, 409})
_CHUNK_BYTES: Final = 1 << 20


class SupersededError(Exception):
    """A newer try has taken over, or the job has ended."""


class ServerError(Exception):
    """The server refused what it was told, or was away for hours."""


class TryServer:
    """One try's address; asks again while the server is away, for it may only be restarting."""

    def __init__(self, address: str, token: str, *, patience: float = PATIENCE_SECONDS) -> None:
        """Ask at this address with this token."""
        self.address = address
        self._patience = patience
        self._client = httpx2.Client(
            base_url=address,
            headers={"authorization": f"Bearer {token}"},
            timeout=_ANSWER_SECONDS,
            trust_env=False,
        )

    def order(self) -> Order:
        """Ask what to do."""
        return read_order(self._ask("GET", "/order").content)

    def fetch(self, what: Path, into: Path) -> Path:
        """Copy what an order names to a file."""

        def copied() -> httpx2.Response:
            with (
                self._client.stream("GET", f"/fetch/{what}") as answer,
                into.open("wb") as stream,
            ):
                if answer.is_success:
                    for chunk in answer.iter_bytes(_CHUNK_BYTES):
                        stream.write(chunk)
                else:
                    answer.read()
                return answer

        self._insist(copied)
        return into

    def word(self, *, alive: bool) -> str:
        """Give a sign of life and return what is wished; one that is lost is not said again."""
        try:
            answer = self._client.post("/word", params={"alive": str(alive).lower()})
        except httpx2.TransportError:
            return ""
        return "" if answer.is_server_error else str(_accepted(answer).json()["control"])

    def lines(self, lines: Sequence[bytes], after: int) -> None:
        """Tell lines that follow those told."""
        content = b"".join(line + b"\n" for line in lines)
        self._ask("POST", "/lines", params={"after": after}, content=content)

    def upload(self, what: str, archive: Path) -> None:
        """Send an archive whole."""
        with archive.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()

        def sent() -> httpx2.Response:
            with archive.open("rb") as stream:
                return self._client.post(f"/{what}", content=stream, headers={"x-sha256": digest})

        self._insist(sent)

    def log(self, words: bytes) -> None:
        """Tell what the worker printed."""
        self._ask("POST", "/log", content=words)

    def result(self, result: Result) -> None:
        """Tell how it ended."""
        self._ask("POST", "/result", content=plain_result(result))

    def _ask(self, method: str, path: str, **sent: Any) -> httpx2.Response:  # noqa: ANN401 the client's own
        return self._insist(lambda: self._client.request(method, path, **sent))

    def _insist(self, asked: Callable[[], httpx2.Response]) -> httpx2.Response:
        began, pause = surroundings.monotonic(), _FIRST_PAUSE_SECONDS
        while True:
            try:
                answer = asked()
                if not answer.is_server_error:
                    return _accepted(answer)
                words = f"it answers {answer.status_code}"
            except httpx2.TransportError as error:
                words = str(error) or type(error).__name__
            if surroundings.monotonic() - began > self._patience:
                raise ServerError(f"{self.address} cannot be reached: {words}")
            log.warning("%s: %s; asking again in %.0f s", self.address, words, pause)
            surroundings.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _accepted(answer: httpx2.Response) -> httpx2.Response:
    if answer.status_code in _OVER:
        raise SupersededError(_words(answer))
    if answer.is_error:
        raise ServerError(f"{answer.url} answers {answer.status_code}: {_words(answer)}")
    return answer


def _words(answer: httpx2.Response) -> str:
    try:
        return str(msgspec.json.decode(answer.content)["error"]["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return answer.text[:200]
