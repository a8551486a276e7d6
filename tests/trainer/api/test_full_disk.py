"""A full disk is told as such, and recognised in whatever it was raised by."""

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ftops.trainer import full_disk
from ftops.trainer.api.front_door import FrontDoor
from ftops.trainer.api.premises import Activity
from ftops.trainer.settings import Settings


def full_database() -> None:
    database = sqlite3.connect(":memory:")
    try:
        database.execute("PRAGMA max_page_count = 1")
        database.execute("CREATE TABLE t (x)")
    finally:
        database.close()


def full_device() -> None:
    with Path("/dev/full").open("wb", buffering=0) as stream:
        stream.write(b"x")


def absent_file() -> None:
    Path("/nowhere").read_bytes()


@pytest.mark.parametrize(
    ("happens", "status", "code"),
    [
        pytest.param(full_device, 507, "insufficient_storage", id="a file"),
        pytest.param(full_database, 507, "insufficient_storage", id="the database"),
        pytest.param(absent_file, 500, "server_error", id="another trouble with files"),
    ],
)
def test_a_request_on_a_full_disk(
    settings: Settings, happens: Callable[[], None], status: int, code: str
) -> None:
    def answer(_: Request) -> Response:
        happens()
        return Response()

    door = Middleware(FrontDoor, settings=settings, activity=Activity())
    app = Starlette(routes=[Route("/", answer)], middleware=[door])
    with TestClient(app) as http:
        got = http.get("/")
    assert got.status_code == status
    assert got.json()["error"]["code"] == code


def test_other_errors_mean_something_else() -> None:
    assert full_disk.is_meant_by(OSError(errno.EDQUOT, "quota"))
    assert not full_disk.is_meant_by(ValueError("full"))
    assert not full_disk.is_meant_by(sqlite3.OperationalError("nonsense"))
