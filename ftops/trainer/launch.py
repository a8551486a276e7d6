"""Finds the server of a store, or starts one beside us that outlives us and ends when idle."""

import fcntl
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ftops.trainer import surroundings
from ftops.trainer.announcement import Announcement
from ftops.trainer.running import processes

START_SECONDS = 60.0
STOP_SECONDS = 20.0
_LOOK_SECONDS = 5.0
_PAUSE_SECONDS = 0.05
_TAIL_LINES = 15


class LaunchError(Exception):
    """No server could be started; the message holds the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers."""

    base_url: str
    api_key: str | None
    pid: int


def running(
    store: Path, *, idle_seconds: float | None = None, configuration: Path | None = None
) -> Running:
    """Return the store's server, starting one if there is none; racers start only one."""
    found = find(store)
    if found is not None:
        return found
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(store / "launch.lock"):
        return find(store) or _start(store.resolve(), idle_seconds, configuration)


def find(store: Path) -> Running | None:
    """Return the store's server if it is up, believing its announcement only when it answers."""
    told = Announcement.read(store)
    if told is None or not _answers(told):
        return None
    host = _reachable(told.host)
    return Running(
        base_url=f"http://{f'[{host}]' if ':' in host else host}:{told.port}/v1",
        api_key=told.api_key,
        pid=told.pid,
    )


def stop(store: Path) -> bool:
    """End the store's server; False says that none was up.

    Jobs at work are not ended: their workers go on by themselves and the next server adopts them.
    """
    told = Announcement.read(store)
    if told is None or not processes.is_running(told.pid, told.born):
        return False
    os.kill(told.pid, signal.SIGTERM)
    patience = surroundings.monotonic() + STOP_SECONDS
    while processes.is_running(told.pid, told.born):
        if surroundings.monotonic() > patience:
            raise LaunchError(
                f"the training server (process {told.pid}) did not end within "
                f"{STOP_SECONDS:.0f} s of being asked to"
            )
        surroundings.sleep(_PAUSE_SECONDS)
    return True


def _start(store: Path, idle_seconds: float | None, configuration: Path | None) -> Running:
    command = [sys.executable, "-P", "-m", "ftops.trainer.serve", "--store", str(store)]
    if idle_seconds is not None:
        command += ["--idle-seconds", str(idle_seconds)]
    if configuration is not None:
        command += ["--config", str(configuration.resolve())]
    log_path = store / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 our own interpreter and module
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=store,
            env=surroundings.child_environment(),
            start_new_session=True,
        )
    # Someone must collect its exit status should it end before us.
    threading.Thread(target=process.wait, name="reaper", daemon=True).start()
    patience = surroundings.monotonic() + START_SECONDS
    while surroundings.monotonic() < patience:
        found = find(store)
        if found is not None:
            return found
        if process.poll() is not None:
            break
        surroundings.sleep(_PAUSE_SECONDS)
    else:
        processes.kill_session(process.pid)
    raise LaunchError(
        f"the training server did not start. The end of {log_path}:\n{_tail(log_path)}"
    )


def _answers(told: Announcement) -> bool:
    # Straight to the socket: a proxy set in the environment must not see a loopback address.
    connection = http.client.HTTPConnection(_reachable(told.host), told.port, timeout=_LOOK_SECONDS)
    try:
        connection.request("GET", "/health")
        health = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(health, dict) and health.get("store") == told.store_id


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 turned into loopback


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:])


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
