"""A small real server on a loopback socket that accepts a creation and then misbehaves."""

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

PATIENCE: Final = 0.3


class Behaviour(StrEnum):
    """What the server does once a job is accepted."""

    ANSWERS = "answers"
    FAILS = "answers 500"
    HANGS = "says nothing"
    RESETS = "resets the connection"
    HANGS_UP = "closes without a word"
    TRUNCATES = "sends half the body"
    LIMITS = "answers 429 like a proxy"
    ASKS_TO_RETRY = "answers 503 with x-should-retry and Retry-After"
    REDIRECTS = "redirects with 307"
    SHOWS_A_PAGE = "answers with a web page"
    DRIPS = "sends a byte at a time"


@dataclass(slots=True)
class CountingServer:
    """Counts the jobs it accepted; `keys` holds their idempotency keys."""

    behaviour: Behaviour
    port: int = 0
    jobs: int = 0
    keys: list[str] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def counting(behaviour: Behaviour) -> Iterator[CountingServer]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = CountingServer(behaviour, port=listener.getsockname()[1])
    stopping = threading.Event()
    thread = threading.Thread(target=_serve, args=(listener, server, stopping))
    thread.start()
    try:
        yield server
    finally:
        stopping.set()
        # Only a connection wakes an accept.
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        listener.close()


def _serve(listener: socket.socket, server: CountingServer, stopping: threading.Event) -> None:
    while True:
        visitor, _ = listener.accept()
        with visitor:
            if stopping.is_set():
                return
            head = _read_request(visitor)
            if b"POST /v1/fine_tuning/jobs" in head:
                server.jobs += 1
                lines = head.decode().splitlines()
                server.keys += [
                    line.split(": ", 1)[1]
                    for line in lines
                    if line.lower().startswith("idempotency-key:")
                ]
            _behave(visitor, server, stopping)


def _read_request(visitor: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        read += visitor.recv(65536)
    head, _, body = read.partition(b"\r\n\r\n")
    sizes = [
        int(line.split(b":")[1])
        for line in head.lower().splitlines()
        if line.startswith(b"content-length:")
    ]
    while len(body) < sum(sizes):
        body += visitor.recv(65536)
    return head


def _behave(visitor: socket.socket, server: CountingServer, stopping: threading.Event) -> None:
    match server.behaviour:
        case Behaviour.HANGS:
            stopping.wait(PATIENCE * 3)
        case Behaviour.RESETS:
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        case Behaviour.DRIPS:
            _drip(visitor, stopping)
        case told:
            visitor.sendall(_told(told, server))


def _drip(visitor: socket.socket, stopping: threading.Event) -> None:
    """Send a byte whenever patience is about to end, so that no timeout of a read ever does."""
    visitor.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    with suppress(OSError):
        while not stopping.wait(PATIENCE / 3):
            visitor.sendall(b" ")


def _told(behaviour: Behaviour, server: CountingServer) -> bytes:
    job = json.dumps({"id": f"ftjob-{server.jobs}", "created_at": 1_764_000_000}).encode()
    whole = _answer("200 OK", job)
    retry = "x-should-retry: true\r\nRetry-After: 0"
    place = f"Location: {server.base_url}/fine_tuning/jobs"
    answers = {
        Behaviour.ANSWERS: whole,
        Behaviour.TRUNCATES: whole[: -len(job) // 2],
        Behaviour.FAILS: _answer("500 Internal Server Error", b"{}"),
        Behaviour.LIMITS: _answer("429 Too Many Requests", b"", "Retry-After: 0"),
        Behaviour.ASKS_TO_RETRY: _answer("503 Service Unavailable", b"{}", retry),
        Behaviour.REDIRECTS: _answer("307 Temporary Redirect", b"", place),
        Behaviour.SHOWS_A_PAGE: _answer("200 OK", b"<html>hi</html>", "Content-Type: text/html"),
    }
    return answers.get(behaviour, b"")


def _answer(status: str, body: bytes, more: str = "Content-Type: application/json") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\n{more}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
