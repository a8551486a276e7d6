"""Looks by the standard library alone: httpx2 takes longer to load than a plan has.

Only for the ordinary way: straight to a plain address, with the system's own certificates. Wherever
a proxy or other certificates are asked for, httpx2 knows how.
"""

import re
import select
import ssl
import threading
import zlib
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ftops.adapters.openai_provider.answer import Answer
from ftops.adapters.openai_provider.connection import Connection

CONNECT_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 30.0
_WANTED: Final = {"Accept": "*/*", "Accept-Encoding": "gzip"}
_GZIP: Final = 31
"""What zlib calls the format of gzip, with its head and its sum."""

_HASHED: Final = re.compile(r"[0-9a-fA-F]{8}\.\d")

FAILURES: Final = (OSError, HTTPException, zlib.error)
"""What a look without an answer ends with."""


class Direct:
    """Connections to one address, kept open between looks; safe to use from several threads."""

    def __init__(self, connection: Connection, tls: ssl.SSLContext | None) -> None:
        parts = urlsplit(connection.base_url)
        self._host = parts.hostname or ""
        self._port = parts.port
        self._tls = tls
        self._lock = threading.Lock()
        self._idle: list[HTTPConnection] = []

    def get(self, url: str, query: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request, whatever it is; raises one of FAILURES."""
        line = urlsplit(url).path + (f"?{query}" if query else "")
        opened = self._take() or self._open()
        try:
            opened.request("GET", line, headers={**_WANTED, **headers})
            response = opened.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            body = response.read()
        except BaseException:
            opened.close()
            raise
        with self._lock:
            self._idle.append(opened)
        if told.get("content-encoding", "").lower() == "gzip":
            body = zlib.decompress(body, wbits=_GZIP)
        return Answer(status=response.status, headers=told, body=body, url=url)

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _take(self) -> HTTPConnection | None:
        """Return a connection that the other side has kept open as well."""
        with self._lock:
            while self._idle:
                opened = self._idle.pop()
                if opened.sock is not None and not _has_something_to_say(opened):
                    return opened
                opened.close()
        return None

    def _open(self) -> HTTPConnection:
        if self._tls is None:
            opened = HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
        else:
            opened = HTTPSConnection(
                self._host, self._port, timeout=CONNECT_SECONDS, context=self._tls
            )
        try:
            opened.connect()
        except BaseException:
            opened.close()
            raise
        opened.sock.settimeout(LOOK_SECONDS)
        return opened


def direct_to(connection: Connection) -> Direct | None:
    """Return the ordinary way to an address, None if it takes another one."""
    parts = urlsplit(connection.base_url)
    if not connection.is_direct or not connection.base_url.isascii() or "%" in parts.netloc:
        return None
    if parts.query or parts.fragment or " " in connection.base_url:
        return None
    if not connection.uses_tls:
        return Direct(connection, None)
    tls = _own_trust()
    return None if tls is None else Direct(connection, tls)


def _own_trust() -> ssl.SSLContext | None:
    """Return the trust in the certificates where the system's OpenSSL keeps them, if it does."""
    paths = ssl.get_default_verify_paths()
    file = paths.openssl_cafile if Path(paths.openssl_cafile).is_file() else None
    folder = paths.openssl_capath if _holds_certificates(Path(paths.openssl_capath)) else None
    if file is None and folder is None:
        return None
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.set_alpn_protocols(["http/1.1"])
    try:
        trust.load_verify_locations(file, folder)
    except OSError:
        return None
    return trust


def _holds_certificates(folder: Path) -> bool:
    """Say whether OpenSSL would find any there: it looks for the names that are hashes."""
    return folder.is_dir() and any(_HASHED.fullmatch(each.name) for each in folder.iterdir())


def _has_something_to_say(opened: HTTPConnection) -> bool:
    """Say whether the other side has hung up: before a question it has nothing else to say."""
    poll = select.poll()
    poll.register(opened.sock, select.POLLIN)
    return bool(poll.poll(0))
