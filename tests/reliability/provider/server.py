"""A provider on a real loopback socket that keeps its history and misbehaves on demand."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from typing_extensions import override

from tests.reliability.provider.api import CREATION, Api, Request
from tests.reliability.provider.history import History
from tests.reliability.provider.weather import STATUSES, Fault, Weather

DRIP_SECONDS: Final = 0.003
PATIENCE: Final = 20.0


@dataclass(slots=True, kw_only=True)
class Rogue:
    """The server's address, what it remembers and how it behaves; `begin` starts from nothing."""

    base_url: str = ""
    history: History = field(default_factory=History)
    weather: Weather = field(default_factory=Weather)
    stopping: threading.Event = field(default_factory=threading.Event)
    visitors: int = 0
    left: threading.Condition = field(default_factory=threading.Condition)

    def begin(self, history: History | None = None, weather: Weather | None = None) -> History:
        """Go on from this history, by default an empty one, and behave like this."""
        self.rest()
        self.history = history or History()
        self.weather = weather or Weather()
        return self.history

    def until(self, happened: Callable[[], bool]) -> None:
        """Return once it has happened here; whatever does, a request brings it about."""
        with self.history.told:
            assert self.history.told.wait_for(happened, PATIENCE)

    def rest(self) -> None:
        """Return once all that dead clients have sent is read: it may still wait to be."""
        address = urlsplit(self.base_url)
        assert address.hostname is not None
        # Visitors are let in by turns: whoever came before this one is counted once it is answered.
        with socket.create_connection((address.hostname, address.port or 0), PATIENCE) as last:
            last.sendall(b"GET /rest HTTP/1.1\r\nConnection: close\r\n\r\n")
            while last.recv(4096):
                pass
        with self.left:
            assert self.left.wait_for(lambda: self.visitors == 0, PATIENCE)


@contextmanager
def rogue_provider() -> Iterator[Rogue]:
    rogue = Rogue()
    handler = type("Handler", (_Handler,), {"rogue": rogue})
    server = _Server(("127.0.0.1", 0), handler)
    server.rogue = rogue
    rogue.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield rogue
    finally:
        rogue.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64
    rogue: Rogue

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self.rogue.left:
            self.rogue.visitors += 1
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self.rogue.left:
            self.rogue.visitors -= 1
            self.rogue.left.notify_all()

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that die are what this server is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = PATIENCE
    rogue: ClassVar[Rogue]

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            self.rogue.history.cut_short += 1
            self.close_connection = True
        elif request.path == "/rest":
            self.wfile.write(_told("204 No Content", b""))
            self.close_connection = True
        else:
            self._behave(request)

    def _read(self) -> Request | None:
        """Return the request, or None if its body is shorter than it says."""
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        whole = Request(method=self.command, target=self.path, headers=headers, body=body)
        return whole if len(body) == length else None

    def _behave(self, request: Request) -> None:
        history, weather = self.rogue.history, self.rogue.weather
        with history.lock:
            asked = (request.method, request.path)
            history.requests.append(asked)
            history.keys_shown.add(request.headers.get("authorization", ""))
            number = len(history.requests)
            fault = weather.fault_of(number, is_creation=asked == CREATION)
        if asked == CREATION:
            weather.let_them_meet()
        if fault is None or fault.is_accepted:
            status, plain = Api(history, weather).answer(request)
            with history.told:
                history.told.notify_all()
        else:
            status, plain = 500, {}
        if fault is not None and fault.kills:
            weather.kill()
            self.close_connection = True
        else:
            self._answer(fault, f"{status} Whatever", json.dumps(plain).encode())

    def _told(self, status: str, body: bytes, more: str = "") -> bytes:
        clock = self.rogue.weather.clock
        if clock is not None:
            more += f"Date: {formatdate(time.time() + clock, usegmt=True)}\r\n"  # noqa: TID251 its own
        return _told(status, body, more)

    def _answer(self, fault: Fault | None, status: str, body: bytes) -> None:
        whole = self._told(status, body)
        place = f"Location: {self.rogue.base_url}/fine_tuning/jobs\r\n"
        silent: Callable[[], object] = self.wfile.flush
        told: dict[Fault | None, Callable[[], object]] = {
            None: lambda: self.wfile.write(whole),
            Fault.RESETS_BEFORE: self._reset,
            Fault.RESETS_AFTER: self._reset,
            Fault.HANGS_AFTER: self._until_the_client_leaves,
            Fault.DRIPS_AFTER: lambda: self._drip(whole),
            Fault.TRUNCATES: lambda: self.wfile.write(whole[: -len(body) // 2]),
            Fault.GARBLES: lambda: self.wfile.write(_told(status, body[: len(body) // 2])),
            Fault.REDIRECTS: lambda: self.wfile.write(_told("307 Temporary Redirect", b"", place)),
        }
        if fault is not None and fault in STATUSES:
            self.wfile.write(_told(*STATUSES[fault]))
        else:
            told.get(fault, silent)()
        self.close_connection = fault is not None or self.close_connection

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _drip(self, whole: bytes) -> None:
        for place in range(len(whole)):
            self.wfile.write(whole[place : place + 1])
            if self.rogue.stopping.wait(DRIP_SECONDS):
                return

    def _until_the_client_leaves(self) -> None:
        self.connection.settimeout(PATIENCE)
        try:
            self.rfile.read(1)
        except TimeoutError:
            self.rogue.history.outwaited += 1


def _told(status: str, body: bytes, more: str = "") -> bytes:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body
