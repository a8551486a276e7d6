"""A tiny model is really trained on this machine while somebody watches, and then asked."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from playwright.sync_api import expect

from ftops.trainer.launch import stop
from tests.browser.conftest import Visit
from tests.cli.checkout import Checkout, rows
from tests.cli.test_serve import free_port, wait_for_a_look
from tests.trainer.conftest import REPOSITORY


def ftops_env(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH",)}  # noqa: TID251 another process needs it
    return {
        **kept,
        "HOME": str(home),
        "PYTHONPATH": str(REPOSITORY),
        "OPENBLAS_NUM_THREADS": "1",
        "FTOPS_SERVE_BUSY_SECONDS": "1",
        "FTOPS_SERVE_IDLE_SECONDS": "1",
    }


@contextmanager
def training(root: Path, home: Path) -> Iterator[str]:
    """Launch a training on the server beside us, and yield where it can be watched."""
    checkout = Checkout(root)
    checkout.settings(defaults={"target": "local"})
    checkout.write("datasets/held.jsonl", rows("hello", 4))
    checkout.write("datasets/hello.jsonl", rows("hello", 12))
    data = {"train": "datasets/hello.jsonl", "validation": "datasets/held.jsonl"}
    checkout.spec("hello", dataset=data, hyperparameters={"n_epochs": 8, "batch_size": 2}, seed=1)
    env, port = ftops_env(home), free_port()
    program = (sys.executable, "-m", "ftops")
    subprocess.run((*program, "apply", "--yes", "--no-wait"), cwd=root, env=env, check=True)
    serving = (*program, "serve", "--port", str(port))
    with subprocess.Popen(serving, cwd=root, env=env, stderr=subprocess.PIPE, text=True) as running:
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
                wait_for_a_look(client, running)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=60)
            stop(root / ".ftops/local")


def test_a_training_is_watched_to_its_end_and_its_model_asked(visit: Visit, tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    with training(root, tmp_path) as base:
        page = visit(base).open("/")
        page.get_by_role("link", name="hello").first.click()
        expect(page.locator("#status")).to_contain_text(re.compile("running|queued"))
        expect(page.locator("#percent")).to_have_text(re.compile(r"^[1-9]\d?%$"), timeout=60_000)
        expect(page.locator(".chart canvas").first).to_be_visible()
        expect(page.locator("#status")).to_contain_text("completed", timeout=180_000)
        expect(page.locator("#percent")).to_have_text("100%")
        expect(page.locator("#lines")).to_contain_text("Checkpoint created")
        page.locator(".chain a").last.click()
        page.get_by_label("Prompt").fill("hello 1")
        page.get_by_role("button", name="Ask").click()
        expect(page.locator(".meta")).to_contain_text("tokens")
        assert page.locator(".said").inner_text().strip()
