"""An authority of the tests' own, and servers that show its certificates on real sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
import uvicorn
from starlette.types import ASGIApp

from tests.trainer.conftest import wait_until

HERE = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Files in PEM: the authority's own certificate, and one it gave to a server with its key."""

    trust: Path
    certificate: Path
    key: Path


def authority(folder: Path, *names: str) -> Authority:
    """Make an authority, and a certificate for these names, by default this machine's."""
    ca = trustme.CA()
    given = ca.issue_cert(*(names or HERE))
    made = Authority(
        trust=folder / "ca.pem", certificate=folder / "cert.pem", key=folder / "key.pem"
    )
    ca.cert_pem.write_to_path(made.trust)
    made.certificate.write_bytes(b"".join(one.bytes() for one in given.cert_chain_pems))
    given.private_key_pem.write_to_path(made.key)
    return made


@contextmanager
def secured(app: ASGIApp, shown: Authority) -> Iterator[str]:
    """Serve an application over https; yields its address."""
    config = uvicorn.Config(
        app,
        port=0,
        log_level="critical",
        ssl_certfile=shown.certificate,
        ssl_keyfile=shown.key,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"https://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
