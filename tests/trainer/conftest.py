import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openai
import pytest
import uvicorn
from starlette.testclient import TestClient

from ftops.trainer.app import create_app
from ftops.trainer.running.launchers.contract import Launcher
from ftops.trainer.settings import Settings
from tests.trainer.counting_settings import counting
from tests.trainer.rows import chat_rows

REPOSITORY = Path(__file__).parents[2]

Wait = Callable[[Callable[[], object]], None]


def wait_until(holds: Callable[[], object], *, seconds: float = 30.0, every: float = 0.02) -> None:
    patience = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < patience, "waited in vain"
        time.sleep(every)  # noqa: TID251 a test of real processes waits for them


@pytest.fixture(autouse=True, scope="session")
def _workers_find_the_tests() -> Iterator[None]:
    """Workers do not look into the current folder; ours need the recipe that lives in the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(REPOSITORY))
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return counting(tmp_path)


@pytest.fixture
def http(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@contextmanager
def serving(
    settings: Settings, launcher: Launcher | None = None, port: int = 0
) -> Iterator[openai.OpenAI]:
    """A server in a thread, and the official client to it, over a real socket."""
    app = create_app(settings, launcher=launcher)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        with openai.OpenAI(
            base_url=f"http://127.0.0.1:{port}/v1", api_key="any", max_retries=0
        ) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def client(settings: Settings) -> Iterator[openai.OpenAI]:
    with serving(settings) as connected:
        yield connected


@pytest.fixture
def training_file(client: openai.OpenAI) -> str:
    return client.files.create(file=("rows.jsonl", chat_rows(10)), purpose="fine-tune").id
