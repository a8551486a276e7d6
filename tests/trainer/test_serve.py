import socket
import threading
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest

from ftops.trainer import serve as serving_module
from ftops.trainer.launch import find
from ftops.trainer.serve import ServeError, main, serve
from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import Status
from ftops.trainer.store.store import Store
from tests.open_sockets import sends_at_once, sockets_to
from tests.trainer.conftest import wait_until
from tests.trainer.samples import a_job


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])  # noqa: S104 refused
def test_other_machines_need_a_key(settings: Settings, host: str) -> None:
    with pytest.raises(ServeError, match="no API key is set"):
        serve(settings, host=host)
    assert not settings.store.exists()


def test_a_port_in_use_is_said_plainly(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"cannot listen on 127.0.0.1:{port}: .*hint"):
            serve(settings, port=port)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 with a key
def test_a_foreground_server_is_found_and_ends_when_idle(settings: Settings, host: str) -> None:
    thread = threading.Thread(
        target=serve,
        args=(replace(settings, api_keys=("mine",)),),
        kwargs={"host": host, "idle_seconds": 0.5},
    )
    thread.start()
    wait_until(lambda: find(settings.store))
    found = find(settings.store)
    assert found is not None
    assert found.api_key == "mine"
    thread.join(20)
    assert not thread.is_alive()
    assert find(settings.store) is None


def test_its_answers_are_never_held_back_by_nagle(settings: Settings) -> None:
    thread = threading.Thread(target=serve, args=(settings,), kwargs={"idle_seconds": 2.0})
    thread.start()
    wait_until(lambda: find(settings.store))
    found = find(settings.store)
    assert found is not None
    told = urlsplit(found.base_url)
    with socket.create_connection((told.hostname or "", told.port or 0)) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(9) == b"HTTP/1.1 "
        with sockets_to(client.getsockname()) as theirs:
            assert [sends_at_once(each) for each in theirs] == [True]
    thread.join(20)
    assert not thread.is_alive()


def test_a_server_beside_us_heeds_its_configuration(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Settings] = []
    monkeypatch.setattr(serving_module, "serve", lambda heard, **_: told.append(heard))
    path = tmp_path / "ftops.server.toml"
    path.write_text('jobs = 7\n[models.a]\nsource = "org/a"\n')
    main(["--store", str(settings.store), "--config", str(path)])
    assert told[0].max_running == 7
    assert told[0].base_models == ("ftops-nano", "a")


def test_a_store_in_use_cannot_be_served(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving_module, "STORE_PATIENCE_SECONDS", 0.0)
    holder = Store(settings.store)
    with pytest.raises(SystemExit, match="another training server holds"):
        main(["--store", str(settings.store)])
    holder.close()


def test_a_server_with_a_job_waiting_is_not_idle(settings: Settings) -> None:
    store = Store(settings.store)
    store.jobs.create(a_job(status=Status.QUEUED), [])
    store.close()
    full = replace(settings, max_running=0)
    thread = threading.Thread(target=serve, args=(full,), kwargs={"idle_seconds": 0.1})
    thread.start()
    thread.join(2.5)
    assert thread.is_alive()
    found = find(settings.store)
    assert found is not None
    with openai.OpenAI(base_url=found.base_url, api_key="any") as client:
        client.fine_tuning.jobs.cancel("ftjob-1")
    thread.join(20)
    assert not thread.is_alive()
