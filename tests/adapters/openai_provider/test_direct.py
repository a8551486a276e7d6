"""Looks by the standard library: what they send and understand is what httpx2's would."""

import gzip
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from typing_extensions import override

from ftops.adapters.openai_provider.connection import Connection
from ftops.adapters.openai_provider.direct import direct_to
from ftops.adapters.openai_provider.wire import Wire
from ftops.errors import ProviderUnavailable
from tests.adapters.openai_provider.builders import connection
from tests.adapters.openai_provider.loopback import Behaviour, counting
from tests.open_sockets import sends_at_once, sockets_to

PARAMS = [("metadata[ftops_project]", "acme bot"), ("limit", "100")]


class Server(ThreadingHTTPServer):
    """Remembers what it was asked, and answers with `body`."""

    daemon_threads = True
    body = b'{"data": []}'
    encoding = ""
    closing = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.connections: set[int] = set()


class Answering(BaseHTTPRequestHandler):
    """Answers every GET."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Answer as the server is told to."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers))
        self.server.connections.add(self.client_address[1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.send_header("X-Word", "yes")
        if self.server.encoding:
            self.send_header("Content-Encoding", self.server.encoding)
        self.end_headers()
        self.wfile.write(self.server.body)
        # It hangs up without having said so, as servers do with what lies idle.
        self.close_connection = self.server.closing

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[tuple[Server, str]]:
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def wire(base_url: str, **fields: bool) -> Iterator[Wire]:
    opened = Wire(connection(base_url=base_url, **fields), sleep=lambda _: None)
    try:
        yield opened
    finally:
        opened.close()


def test_it_asks_and_hears_the_same_as_the_client() -> None:
    with serving() as (server, url):
        answers = []
        for is_direct in (False, True):
            with wire(url, is_direct=is_direct) as one:
                answers.append(one.look("/models", PARAMS))
        (path, by_client), (same_path, directly) = server.asked
    assert "acme" in path
    assert same_path == path
    for name in ("accept", "authorization", "host", "user-agent"):
        assert directly[name] == by_client[name]
    first, second = answers
    assert (first.status, first.body, first.url) == (second.status, second.body, second.url)
    assert first.headers["x-word"] == second.headers["x-word"]


@pytest.mark.parametrize("is_direct", [True, False], ids=["straight", "by the client"])
def test_a_look_is_never_held_back_by_nagle(*, is_direct: bool) -> None:
    with serving() as (server, url), wire(url, is_direct=is_direct) as one:
        one.look("/models")
        with sockets_to(("127.0.0.1", server.server_port)) as ours:
            assert [sends_at_once(each) for each in ours] == [True]


def test_a_connection_is_used_again_and_one_that_was_dropped_is_not() -> None:
    with serving() as (server, url), wire(url, is_direct=True) as one:
        for _ in range(3):
            one.look("/models")
        assert len(server.connections) == 1
        server.closing = True
        one.look("/models")
        server.closing = False
        for _ in range(100):
            if not _is_open(one):
                break
            threading.Event().wait(0.01)
        one.look("/models")
        assert len(server.connections) == 2


def _is_open(one: Wire) -> bool:
    direct = one._direct  # noqa: SLF001 - what lies idle is nobody else's business
    taken = direct._take() if direct is not None else None  # noqa: SLF001 - as above
    if direct is None or taken is None:
        return False
    direct._idle.append(taken)  # noqa: SLF001 - as above
    return True


def test_a_packed_answer_is_unpacked() -> None:
    with serving() as (server, url), wire(url, is_direct=True) as one:
        server.body, server.encoding = gzip.compress(b'{"data": [1]}'), "gzip"
        assert one.look("/models").body == b'{"data": [1]}'


def test_a_packed_answer_that_is_broken_is_none() -> None:
    with serving() as (server, url), wire(url, is_direct=True) as one:
        server.body, server.encoding = b"not packed", "gzip"
        with pytest.raises(ProviderUnavailable):
            one.look("/models")


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour.RESETS, Behaviour.HANGS_UP, Behaviour.TRUNCATES],
)
def test_no_whole_answer_is_the_same_trouble_both_ways(behaviour: Behaviour) -> None:
    for is_direct in (False, True):
        with (
            counting(behaviour) as server,
            wire(server.base_url, is_direct=is_direct) as one,
            pytest.raises(ProviderUnavailable, match="cannot be reached"),
        ):
            one.look("/models")


def test_nobody_there_is_told_in_the_same_words() -> None:
    told = []
    for is_direct in (False, True):
        with wire("http://127.0.0.1:9/v1", is_direct=is_direct) as one:
            with pytest.raises(ProviderUnavailable) as caught:
                one.look("/models")
            told.append(str(caught.value))
    assert told[0] == told[1]


@pytest.mark.parametrize("kind", [TimeoutError, httpx2.ReadTimeout])
def test_late_is_late(kind: Callable[[str], Exception]) -> None:
    from ftops.adapters.openai_provider.refusals import silence_of  # noqa: PLC0415 - one use

    assert "did not answer in time" in str(silence_of(kind("slow"), connection()))


@pytest.mark.parametrize(
    "base_url",
    [
        pytest.param("http://h\N{LATIN SMALL LETTER O WITH DIAERESIS}st/v1", id="letters"),
        pytest.param("http://host/v1?key=1", id="a query"),
        pytest.param("http://host/v1#part", id="a fragment"),
        pytest.param("http://host/a b", id="a blank"),
        pytest.param("http://ho%41st/v1", id="an escaped host"),
    ],
)
def test_unusual_addresses_are_left_to_the_client(base_url: str) -> None:
    assert direct_to(Connection(base_url=base_url, is_direct=True)) is None


def test_a_proxy_is_left_to_the_client() -> None:
    assert direct_to(Connection(base_url="http://host/v1", is_direct=False)) is None


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(("nowhere.pem", "nowhere"), id="there are none"),
        pytest.param(("broken.pem", "nowhere"), id="they are none"),
        pytest.param(("nowhere.pem", "."), id="none has a name to be found by"),
    ],
)
def test_a_system_without_certificates_is_left_to_the_client(
    lie: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.pem").write_text("no certificate")
    file, folder = (str(tmp_path / name) for name in lie)
    paths = ssl.get_default_verify_paths()._replace(openssl_cafile=file, openssl_capath=folder)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    assert direct_to(Connection(is_direct=True)) is None


def test_an_unknown_certificate_is_refused() -> None:
    with serving() as (_, url):
        direct = direct_to(Connection(base_url=url.replace("http:", "https:"), is_direct=True))
        if direct is None:
            pytest.skip("this system has no certificates of its own")
        with pytest.raises(ssl.SSLError):
            direct.get(f"{url}/models", "", {})
