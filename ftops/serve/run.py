"""Serves until told to stop; open streams are ended first, so that nobody is cut off."""

import signal
import socket
import ssl
from types import FrameType

import uvicorn
from fastapi import FastAPI
from typing_extensions import override

from ftops.errors import FtopsError
from ftops.serve.premises import Bell

LAST_WORDS_SECONDS = 5
BACKLOG = 512


class Server(uvicorn.Server):
    """Tells the streams to end as soon as a signal arrives, and then waits for what is answered."""

    def __init__(self, config: uvicorn.Config, bell: Bell) -> None:
        super().__init__(config)
        self._bell = bell

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain; a second Ctrl-C does not wait. To be told to end is no failure."""
        del frame
        self._bell.close()
        self.force_exit = self.force_exit or (self.should_exit and sig == signal.SIGINT)
        self.should_exit = True


def server_for(app: FastAPI, bell: Bell, tls: tuple[str, str] | None = None) -> Server:
    """Return a server that is not listening yet; `tls` is a certificate's file and its key's.

    Raises FtopsError if these cannot be shown to anybody.
    """
    if tls is not None:
        _try(*tls)
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_WORDS_SECONDS,
        ssl_certfile=None if tls is None else tls[0],
        ssl_keyfile=None if tls is None else tls[1],
    )
    return Server(config, bell)


def _try(certificate: str, key: str) -> None:
    """Load both once, so that what is wrong with them is told before anything is served."""
    try:
        # Without a word of ours a locked key would be asked about at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, lambda: "")
    except OSError as error:
        words = error.strerror
        if isinstance(error, ssl.SSLError):
            told = (error.reason or "").replace("_", " ").lower()
            words = told or "no PEM, or a key with a password"
        raise FtopsError(
            f"{certificate} and {key} cannot be used for TLS: {words}",
            hint="both are PEM: the certificate and its chain, its own key without a password",
        ) from error


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; FtopsError if it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without the protocol's name asyncio leaves Nagle's algorithm on: 40 ms for every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise FtopsError(
            f"cannot listen on {host}:{port}: {error.strerror}", hint="try another --port"
        ) from error
    return listener
