"""What this process holds open, looked up where the system lists it."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest

OWN: Final = Path("/proc/self/fd")


@contextmanager
def sockets_to(peer: tuple[str, int]) -> Iterator[list[socket.socket]]:
    """Yield this process' sockets whose other end is there, each under a number of its own."""
    if not OWN.is_dir():
        pytest.skip("this system does not list a process' files")
    with ExitStack() as held:
        found = [held.enter_context(one) for one in _sockets()]
        yield [one for one in found if _peer(one) == peer]


def sends_at_once(one: socket.socket) -> bool:
    """Say whether Nagle's algorithm is off: it holds a small write back for 40 ms."""
    return bool(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def _sockets() -> Iterator[socket.socket]:
    for entry in list(OWN.iterdir()):
        try:
            copy = os.dup(int(entry.name))
        except OSError:
            continue
        try:
            yield socket.socket(fileno=copy)
        except OSError:
            os.close(copy)


def _peer(one: socket.socket) -> tuple[str, int] | None:
    try:
        told = one.getpeername()
    except OSError:
        return None
    return told[:2] if isinstance(told, tuple) else None
