"""The training server by itself: up, status, down, serve."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from ftops.trainer.launch import find, stop
from ftops.trainer.settings import Settings
from ftops.trainer.store.store import Store
from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops
from tests.trainer.conftest import wait_until


@pytest.fixture
def project(empty: Checkout) -> Iterator[Checkout]:
    empty.settings()
    yield empty
    stop(empty.root / ".ftops/local")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_up_status_and_down(ftops: Ftops, project: Checkout) -> None:
    assert ftops("local", "status").out == "down; it starts by itself when a spec trains on local\n"
    up = ftops("local", "up")
    assert up.code == 0
    assert up.told.startswith("up: http://127.0.0.1:PORT/v1 (process ")
    assert up.err == "its key stands in .ftops/local/server.json, which only you can read\n"
    assert ftops("local", "up").out == up.out
    status = ftops("local", "status").out
    assert status.startswith(up.out)
    assert "page: http://127.0.0.1:PORT/?token=" in re.sub(r":\d+/", ":PORT/", status)
    assert "\ndisk: " in status
    assert ftops("local", "down").out == "down\n"
    assert ftops("local", "down").out == "it was not up\n"
    assert (project.root / ".ftops/local/ftops.sqlite").is_file()


def test_a_server_that_cannot_start_says_why(ftops: Ftops, project: Checkout) -> None:
    store = project.root / ".ftops/local"
    store.mkdir(parents=True)
    (store / "ftops.sqlite").write_bytes(b"this is no database, it is a letter" * 100)
    project.spec("triage")
    for words in (("local", "up"), ("--target", "local", "plan")):
        ran = ftops(*words)
        assert ran.code == 1
        assert ran.err.startswith("error: the training server did not start.")
        assert "hint: `ftops local serve` shows its own words" in ran.err
    served = ftops("local", "serve", "--port", str(free_port()))
    assert served.code == 1
    assert "error: the store " in served.err
    assert "hint: " in served.err


@contextmanager
def serving(root: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "ftops", "local", "serve", *words],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            wait_until(lambda: find(root / ".ftops/local") or child.poll() is not None)
            yield child
        finally:
            child.terminate()


def test_serving_in_a_terminal_until_interrupted(ftops: Ftops, project: Checkout) -> None:
    port = free_port()
    project.write("key", "# ours\na-key-of-mine\nanother\n")
    with serving(project.root, "--port", str(port), "--key-file", "key") as child:
        address = f"http://127.0.0.1:{port}/v1"
        status = ftops("local", "status").out
        assert status.startswith(f"up: {address} (process {child.pid})\npage: ")
        assert "a-key-of-mine" not in status
        assert httpx2.get(f"{address}/models").status_code == 401
        key = {"Authorization": "Bearer a-key-of-mine"}
        assert httpx2.get(f"{address}/models", headers=key).status_code == 200
        os.kill(child.pid, signal.SIGINT)
        _, err = child.communicate(timeout=20)
    assert child.returncode in {0, 130}
    assert err.startswith(f"serving on {address} until Ctrl-C\n")
    assert "Traceback" not in err


def test_a_port_or_a_store_in_use_is_told(ftops: Ftops, project: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = ftops("local", "serve", "--port", str(taken.getsockname()[1]))
    assert ran.code == 1
    assert "Address already in use.\nhint: try another port\n" in ran.err

    held = Store(project.root / ".ftops/local")
    busy = ftops("local", "serve", "--port", str(free_port()))
    held.close()
    assert busy.code == 1
    assert "hint: `ftops local down` ends a server that is up already" in busy.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"\n", "key holds no key\nhint: put a key into it, one a line", id="empty"),
        pytest.param(b"# mine\n", "key holds no key\nhint: ", id="only remarks"),
        pytest.param(b"\xff", "key cannot be read as a key file\nhint: ", id="not UTF-8"),
        pytest.param(b"a\nb c\n", "key 2 of key cannot be sent in a header\nhint: ", id="spaces"),
    ],
)
def test_a_key_file_that_is_none_is_told(
    ftops: Ftops, project: Checkout, content: bytes, told: str
) -> None:
    (project.root / "key").write_bytes(content)
    ran = ftops("local", "serve", "--key-file", "key")
    assert ran.code == 1
    assert told in ran.err


def test_serving_to_others_wants_a_key(ftops: Ftops, project: Checkout) -> None:
    assert project.root.is_dir()
    ran = ftops("local", "serve", "--host", "0.0.0.0", "--port", str(free_port()))  # noqa: S104 refused
    assert ran.code == 1
    assert "no API key is set.\nhint: give a key, or serve on 127.0.0.1\n" in ran.err


def test_a_server_that_will_not_end_is_told(
    ftops: Ftops, project: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    ftops("local", "up")
    server = find(project.root / ".ftops/local")
    assert server is not None
    os.kill(server.pid, signal.SIGSTOP)
    with monkeypatch.context() as patched:
        patched.setattr("ftops.trainer.launch.STOP_SECONDS", 0.1)
        ran = ftops("local", "down")
    os.kill(server.pid, signal.SIGCONT)
    assert ran.code == 1
    assert "did not end within" in ran.err
    assert "hint: look at its process" in ran.err


def test_a_listed_model_that_vllm_answers_for_is_told_with_its_command(project: Checkout) -> None:
    project.write(
        "ftops.server.toml", '[models.a]\nsource = "org/a"\nvllm = "http://127.0.0.1:9"\n'
    )
    with serving(project.root, "--port", str(free_port())) as child:
        os.kill(child.pid, signal.SIGINT)
        _, err = child.communicate(timeout=20)
    assert err.startswith(
        "a answers from http://127.0.0.1:9: VLLM_ALLOW_RUNTIME_LORA_UPDATING=True "
        "vllm serve org/a --enable-lora --max-lora-rank 16 --port 9\n"
    )


def test_a_server_run_by_hand_heeds_its_configuration(
    ftops: Ftops, project: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Settings] = []
    monkeypatch.setattr("ftops.trainer.serve.serve", lambda heard, **_: told.append(heard))
    project.write("ftops.server.toml", "jobs = 7\n")
    assert ftops("local", "serve").code == 0
    assert ftops("local", "serve", "--config", "ftops.server.toml").code == 0
    assert [heard.max_running for heard in told] == [7, 7]


def test_a_wrong_list_of_models_is_told(ftops: Ftops, project: Checkout) -> None:
    project.write("models.toml", "[models.a]\n")
    ran = ftops("local", "serve", "--config", "models.toml")
    assert ran.code == 1
    assert "models.toml: models.a: Object missing required field `source`" in ran.err
    assert "hint: a table for each model: [models.NAME]" in ran.err
