import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives import serialization

from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops, Scene
from tests.secured import authority

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(
    root: Path, *options: str, trust: ssl.SSLContext | None = None
) -> Iterator[tuple[httpx2.Client, subprocess.Popen[str]]]:
    """Run `ftops serve` as its user would; yields a client of it once it has looked."""
    port = free_port()
    command = [sys.executable, "-m", "ftops", "serve", "--port", str(port), *options]
    running = subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True)
    scheme = "http" if trust is None else "https"
    client = httpx2.Client(
        base_url=f"{scheme}://127.0.0.1:{port}", timeout=PATIENCE, verify=trust or True
    )
    try:
        wait_for_a_look(client, running)
        yield client, running
    finally:
        client.close()
        running.kill()
        running.communicate()


def wait_for_a_look(client: httpx2.Client, running: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        assert running.poll() is None, running.communicate()[1]
        try:
            answer = client.get("/api/health")
        except httpx2.TransportError:
            answer = None
        if answer is not None and (answer.status_code == 401 or answer.json()["looks"]):
            return
        time.sleep(0.1)  # noqa: TID251 - another process is waited for
    raise AssertionError("it never looked")


def test_a_project_is_served_from_training_to_answering(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    with serving(at.checkout.root) as (client, running):
        (spec,) = client.get("/api/specs").json()
        assert (spec["sync"], spec["health"]) == ("in-sync", "ready")
        (job,) = client.get("/api/llm/fine-tuning/jobs").json()
        assert (job["status"], job["progress"]) == ("completed", 100)
        measured = client.get(f"/api/llm/fine-tuning/jobs/{job['job_id']}/metrics").json()
        assert measured["source"] == "result-file"
        assert any(one["name"] == "train_loss" for one in measured["series"])
        answer = client.post("/api/llm/models/triage/test", json={"prompt": "triage 1"})
        assert answer.status_code == 200, answer.text
        assert client.get("/api/usage").json()["total"]["calls"] == 1
        plan = json.loads(at.ftops("plan", "-o", "json").out)
        assert client.get("/api/plan").json()["digest"] == plan["digest"]
        assert at.lab.acts.total() == len(at.lab.acts) == 3  # upload, create, one question
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
    (entry,) = at.checkout.read(".ftops/serve-audit.jsonl").splitlines()
    assert json.loads(entry)["outcome"] == "answered"


def test_a_change_of_the_files_is_seen_and_a_broken_one_told(at: Scene) -> None:
    at.env.setenv("FTOPS_SERVE_IDLE_SECONDS", "0.5")
    with serving(at.checkout.root) as (client, _):
        at.checkout.spec("second")
        wait_until(lambda: len(client.get("/api/specs").json()) == 2)
        good = at.checkout.read("specs/second.yaml")
        at.checkout.write("specs/second.yaml", "name: [")
        wait_until(lambda: bool(client.get("/api/health").json()["stale"]))
        assert "second.yaml" in client.get("/api/health").json()["trouble"]
        assert len(client.get("/api/specs").json()) == 2
        at.checkout.write("specs/second.yaml", good)
        wait_until(lambda: not client.get("/api/health").json()["stale"])


def wait_until(condition: object) -> None:
    assert callable(condition)
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.1)  # noqa: TID251 - another process is waited for


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param(("--host", "0.0.0.0"), "nothing would be encrypted", id="no TLS"),  # noqa: S104
        pytest.param(("--behind-proxy",), "there is no token", id="no token behind a proxy"),
    ],
)
def test_a_project_is_never_opened_to_strangers(
    at: Scene, options: tuple[str, ...], told: str
) -> None:
    ran = at.ftops("serve", *options)
    assert ran.code == 1
    assert told in ran.err
    assert "hint: " in ran.err


def test_behind_a_proxy_a_token_is_asked_for(at: Scene) -> None:
    made = at.ftops("token", "create", "ann", "--role", "viewer")
    token = made.out.strip()
    with serving(at.checkout.root, "--behind-proxy") as (client, _):
        assert client.get("/api/specs").status_code == 401
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/api/specs", headers=headers).status_code == 200
    listed = json.loads(at.ftops("token", "list", "-o", "json").out)["tokens"]
    assert listed[0]["last_used_at"] is not None


def test_a_taken_port_is_told(at: Scene) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ran = at.ftops("serve", "--port", str(other.getsockname()[1]))
    assert ran.code == 1
    assert "cannot listen on 127.0.0.1" in ran.err


def test_it_speaks_tls_with_the_certificate_it_is_given(at: Scene, tmp_path: Path) -> None:
    known = authority(tmp_path)
    options = ("--tls-cert", str(known.certificate), "--tls-key", str(known.key))
    trust = ssl.create_default_context(cafile=known.trust)
    with serving(at.checkout.root, *options, trust=trust) as (client, _):
        assert client.get("/healthz").json()["status"] == "ok"


def test_a_certificate_needs_its_key(at: Scene) -> None:
    assert at.ftops("serve", "--tls-cert", "ftops.yaml").code == 2


@pytest.mark.parametrize(
    ("certificate", "key"),
    [
        pytest.param("project/ftops.yaml", "key.pem", id="no certificate"),
        pytest.param("cert.pem", "other/key.pem", id="another certificate's key"),
        pytest.param("cert.pem", "locked.pem", id="a key with a password"),
    ],
)
def test_a_certificate_that_cannot_be_shown_is_told(
    at: Scene, tmp_path: Path, certificate: str, key: str
) -> None:
    (tmp_path / "other").mkdir()
    authority(tmp_path / "other")
    lock(authority(tmp_path).key, tmp_path / "locked.pem")
    files = [str(tmp_path / name) for name in (certificate, key)]
    ran = at.ftops(
        "serve", "--port", str(free_port()), "--tls-cert", files[0], "--tls-key", files[1]
    )
    assert ran.code == 1
    assert all(Path(name).name in ran.err for name in files)
    assert "hint: " in ran.err
    assert "serving on" not in ran.err


def lock(key: Path, under: Path) -> None:
    """Write a key again, with a password."""
    read = serialization.load_pem_private_key(key.read_bytes(), None)
    under.write_bytes(
        read.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )


def test_a_secret_that_is_none_is_told_but_not_shown(at: Scene) -> None:
    at.env.setenv("FTOPS_WEBHOOK_SECRET", "whsec_!!")
    ran = at.ftops("serve", "--port", str(free_port()))
    assert ran.code == 1
    assert "whsec_!!" not in ran.err


def test_a_token_is_shown_once_listed_and_revoked(ftops: Ftops, empty: Checkout) -> None:
    empty.settings()
    assert "no token yet" in ftops("token", "list").err
    made = ftops("token", "create", "ann", "--role", "tester", "--days", "30")
    assert re.fullmatch(r"ftops_tester_[0-9a-f]{10}_[\w-]{43}\n", made.out)
    identity = made.out.split("_")[2]
    assert identity in made.err
    table = ftops("token", "list").out
    assert re.search(rf"{identity}  ann   tester  valid", table)
    assert made.out.strip() not in table
    assert ftops("token", "revoke", identity).out == f"{identity}: revoked\n"
    assert ftops("token", "revoke", identity).out == f"{identity}: was revoked already\n"
    assert "revoked" in ftops("token", "list").out
    assert ftops("token", "revoke", "nobody").code == 1


def test_a_hash_for_a_container_is_printed_and_nothing_kept(ftops: Ftops, empty: Checkout) -> None:
    empty.settings()
    made = ftops("token", "create", "ci", "--print-hash")
    token, entry = made.out.splitlines()
    assert re.fullmatch(r"FTOPS_SERVE_TOKENS=ci:viewer:[0-9a-f]{64}", entry)
    assert token not in entry
    assert "no token yet" in ftops("token", "list").err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("a b",), id="a name with a blank"),
        pytest.param(("ann", "--print-hash", "--days", "3"), id="an end without a store"),
        pytest.param(("ann", "--role", "owner"), id="no such role"),
    ],
)
def test_a_wrong_wish_is_a_wrong_usage(
    ftops: Ftops, empty: Checkout, words: tuple[str, ...]
) -> None:
    empty.settings()
    assert ftops("token", "create", *words).code == 2
