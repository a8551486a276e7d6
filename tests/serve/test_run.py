"""The server itself, on a real socket."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from ftops.serve.run import bound, server_for
from tests.open_sockets import sends_at_once, sockets_to
from tests.secured import authority
from tests.serve.conftest import Served
from tests.trainer.conftest import wait_until


@contextmanager
def running(one: Served, tls: tuple[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """Serve as `ftops serve` does; yields the address."""
    with bound("127.0.0.1", 0) as listener:
        server = server_for(one.client.app, one.premises.bell, tls)  # type: ignore[arg-type]  # it is FastAPI's
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join()


def test_its_answers_are_never_held_back_by_nagle(one: Served) -> None:
    with running(one) as address, socket.create_connection(address) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        with sockets_to(client.getsockname()) as theirs:
            assert [sends_at_once(each) for each in theirs] == [True]


def test_its_certificate_is_shown_and_holds(one: Served, tmp_path: Path) -> None:
    known = authority(tmp_path)
    trust = ssl.create_default_context(cafile=known.trust)
    with running(one, (str(known.certificate), str(known.key))) as (host, port):
        with httpx2.Client(verify=trust, base_url=f"https://{host}:{port}") as client:
            assert client.get("/healthz").json()["status"] == "ok"
            assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
        with (
            socket.create_connection((host, port)) as raw,
            trust.wrap_socket(raw, server_hostname=host) as shaken,
        ):
            assert shaken.version() in {"TLSv1.2", "TLSv1.3"}
            with sockets_to(shaken.getsockname()) as theirs:
                assert [sends_at_once(each) for each in theirs] == [True]


def test_who_does_not_trust_its_certificate_goes_away(one: Served, tmp_path: Path) -> None:
    known = authority(tmp_path)
    with (
        running(one, (str(known.certificate), str(known.key))) as (host, port),
        httpx2.Client(verify=ssl.create_default_context()) as client,
        pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get(f"https://{host}:{port}/healthz")


def test_plain_http_gets_no_answer_where_tls_is_spoken(one: Served, tmp_path: Path) -> None:
    known = authority(tmp_path)
    with (
        running(one, (str(known.certificate), str(known.key))) as (host, port),
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        httpx2.get(f"http://{host}:{port}/healthz")
