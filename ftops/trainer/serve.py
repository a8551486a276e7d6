"""Serves a store over HTTP until told to stop: `python -m ftops.trainer.serve --store FOLDER`."""

import argparse
import os
import socket
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from ftops.trainer import ids, surroundings
from ftops.trainer.announcement import Announcement
from ftops.trainer.api.front_door import is_loopback
from ftops.trainer.api.premises import Premises
from ftops.trainer.app import create_app
from ftops.trainer.configuration import Configuration, ConfigurationError, read_configuration
from ftops.trainer.running import processes
from ftops.trainer.running.launchers.contract import Launcher
from ftops.trainer.settings import Settings
from ftops.trainer.store.database import StoreTooNewError
from ftops.trainer.store.store import Store, StoreBusyError

STORE_PATIENCE_SECONDS = 15.0
_LAST_WORDS_SECONDS = 5


class ServeError(Exception):
    """The server cannot start."""


def serve(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    idle_seconds: float | None = None,
    launcher: Launcher | None = None,
) -> None:
    """Serve until a signal, or until nobody has asked and nothing was to do for `idle_seconds`.

    Without a launcher it is the one that the settings name.
    """
    if not is_loopback(host):
        if not settings.api_keys:
            raise ServeError(
                f"{host} can be reached from other machines, and no API key is set. "
                "hint: give a key, or serve on 127.0.0.1"
            )
    else:
        settings = replace(settings, loopback_hosts_only=True)
    surroundings.use_one_thread()
    _try_store(settings)
    with _bound(host, port) as listener:
        app = create_app(settings, launcher=launcher, while_open=partial(_announced, listener))
        config = uvicorn.Config(
            app,
            lifespan="on",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_LAST_WORDS_SECONDS,
            timeout_notify=1,
        )
        server = uvicorn.Server(config)
        config.callback_notify = partial(_end_if_idle, app, server, idle_seconds)
        server.run(sockets=[listener])


def _try_store(settings: Settings) -> None:
    """Open and close the store, so that its trouble is told as such and not as a failed startup."""
    try:
        Store(settings.store, patience=settings.store_patience_seconds).close()
    except (StoreBusyError, StoreTooNewError, sqlite3.DatabaseError, OSError) as error:
        raise ServeError(f"the store {settings.store} cannot be served: {error}") from error


@contextmanager
def _announced(listener: socket.socket, premises: Premises) -> Iterator[None]:
    """Be found while open; the store is let go after that, so nobody announces over us."""
    host, port = listener.getsockname()[:2]
    Announcement(
        pid=os.getpid(),
        born=processes.birth_mark(os.getpid()) or "",
        host=host,
        port=port,
        started_at=surroundings.now(),
        store_id=premises.store.id,
        api_key=next(iter(premises.settings.api_keys), None),
    ).write(premises.store.root)
    try:
        yield
    finally:
        Announcement.withdraw(premises.store.root)


async def _end_if_idle(app: Starlette, server: uvicorn.Server, seconds: float | None) -> None:
    if seconds is None or app.state.activity.idle_for() < seconds:
        return
    if app.state.premises.scheduler.is_idle():
        server.should_exit = True


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without the protocol's name asyncio leaves Nagle's algorithm on: 40 ms for every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServeError(
            f"cannot listen on {host}:{port}: {error.strerror}. hint: try another port"
        ) from error
    return listener


def main(arguments: Sequence[str]) -> None:
    """Serve with a key of our own making, which only the owner of the store can read."""
    parser = argparse.ArgumentParser(prog="python -m ftops.trainer.serve", description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--idle-seconds", type=float)
    parser.add_argument("--config", type=Path)
    asked = parser.parse_args(arguments)
    try:
        told = Configuration() if asked.config is None else read_configuration(asked.config)
    except ConfigurationError as error:
        sys.exit(str(error))
    settings = Settings(
        store=asked.store,
        bases=told.bases,
        max_running=told.jobs,
        cluster=told.cluster,
        api_keys=(f"ftops-{ids.random_word(40)}",),
        store_patience_seconds=STORE_PATIENCE_SECONDS,
    )
    try:
        serve(settings, host=asked.host, port=asked.port, idle_seconds=asked.idle_seconds)
    except ServeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
