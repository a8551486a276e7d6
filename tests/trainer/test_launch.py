"""Servers of their own, found and started and ended."""

import json
import os
import signal
import socket
import threading
import urllib.request
from pathlib import Path

import openai
import pytest

from ftops.trainer import launch
from ftops.trainer.announcement import Announcement
from ftops.trainer.launch import LaunchError, Running, find, running, stop
from ftops.trainer.running import processes
from ftops.trainer.settings import Settings
from ftops.trainer.store.store import Store
from tests.trainer.conftest import serving, wait_until
from tests.trainer.rows import chat_rows


@pytest.fixture
def place(tmp_path: Path) -> object:
    store = tmp_path / "store"
    yield store
    stop(store)


def test_two_racers_start_one_server_which_can_be_stopped(place: Path) -> None:
    found: list[Running] = []
    threads = [threading.Thread(target=lambda: found.append(running(place))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one, two = found
    assert one == two
    assert find(place) == one
    assert running(place) == one
    assert one.api_key
    assert (place / "server.json").stat().st_mode & 0o777 == 0o600
    with openai.OpenAI(base_url=one.base_url, api_key=one.api_key, max_retries=0) as client:
        client.files.create(file=("rows.jsonl", chat_rows(10)), purpose="fine-tune")
        assert len(client.files.list().data) == 1
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="guessed").models.list()

    assert stop(place)
    assert find(place) is None
    assert not stop(place)
    again = running(place)
    assert again.pid != one.pid
    with openai.OpenAI(base_url=again.base_url, api_key=again.api_key, max_retries=0) as client:
        assert len(client.files.list().data) == 1


def test_an_idle_server_ends_by_itself(place: Path) -> None:
    server = running(place, idle_seconds=0.5)
    mark = processes.birth_mark(server.pid)
    wait_until(lambda: processes.birth_mark(server.pid) != mark)
    assert Announcement.read(place) is None


def test_a_killed_server_is_followed_by_another(place: Path) -> None:
    first = running(place)
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: processes.birth_mark(first.pid) is None)
    assert find(place) is None
    assert not stop(place)
    assert running(place).pid != first.pid


def test_a_server_that_cannot_start_says_why(settings: Settings) -> None:
    settings.store.mkdir(parents=True)
    (settings.store / "ftops.sqlite").write_bytes(b"this is no database, it is a letter" * 100)
    with pytest.raises(LaunchError, match=r"server\.log") as caught:
        running(settings.store)
    assert "file is not a database" in str(caught.value)


def test_a_server_that_does_not_come_up_in_time_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "START_SECONDS", 0.3)
    holder = Store(settings.store)
    with pytest.raises(LaunchError):
        running(settings.store)
    holder.close()


def announced(store: Path, port: int, *, host: str = "127.0.0.1", store_id: str = "x") -> None:
    store.mkdir(parents=True, exist_ok=True)
    Announcement(
        pid=os.getpid(),
        born="another birth",
        host=host,
        port=port,
        started_at=1,
        store_id=store_id,
        api_key=None,
    ).write(store)


def test_an_announcement_is_believed_only_when_the_server_answers(settings: Settings) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        announced(settings.store, unused.getsockname()[1])
    assert find(settings.store) is None
    assert not stop(settings.store)


def test_another_store_s_server_is_not_ours(settings: Settings, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    with serving(settings) as client:
        port = client.base_url.port
        assert port is not None
        announced(mine, port)
        assert find(mine) is None
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            store_id = json.loads(answer.read())["store"]
        announced(mine, port, host="0.0.0.0", store_id=store_id)  # noqa: S104 only announced
        found = find(mine)
        assert found is not None
        assert found.base_url == f"http://127.0.0.1:{port}/v1"


def test_a_torn_announcement_is_none(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_bytes(b'{"pid": 1')
    assert find(tmp_path) is None


def test_a_server_that_will_not_end_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = running(place)
    os.kill(server.pid, signal.SIGSTOP)
    with monkeypatch.context() as patched:
        patched.setattr(launch, "STOP_SECONDS", 0.1)
        with pytest.raises(LaunchError, match="did not end"):
            stop(place)
    os.kill(server.pid, signal.SIGCONT)
    wait_until(
        lambda: not processes.is_running(server.pid, processes.birth_mark(server.pid) or "x")
    )
