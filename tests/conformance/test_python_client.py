"""The official Python client's own tests, of the very version installed, against our server."""

import importlib.metadata
import os
import re
import socket
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.conformance.conftest import TOLD
from tests.trainer.conftest import REPOSITORY, wait_until

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(900)]

VERSION = importlib.metadata.version("openai")
SUITE = (
    "test_files.py",
    "test_uploads.py",
    "uploads",
    "test_models.py",
    "fine_tuning",
    "chat",
)
FEWEST = 700
_COUNT = re.compile(r"(\d+) (passed|failed|skipped|xfailed|xpassed|deselected|errors?)\b")


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client's tests, unpacked from its source archive, apart from its sources."""
    folder = tmp_path_factory.mktemp("openai")
    got = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-binary", "openai", "--dest", str(folder), f"openai=={VERSION}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(folder.glob("openai-*.tar.gz"))
    if not archives:
        pytest.skip(f"the package index cannot be had: {got.stderr.strip()[-300:]}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / f"openai-{VERSION}"
    apart = folder / "suite"
    apart.mkdir()
    for name in ("tests", "pyproject.toml"):
        (unpacked / name).rename(apart / name)
    return apart


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    # A process of its own: in theirs every warning, from our sockets too, is a failure.
    with subprocess.Popen(
        [sys.executable, "-m", "tests.conformance.seeded_server", str(tmp_path), str(port)],
        cwd=REPOSITORY,
    ) as server:
        base = f"http://127.0.0.1:{port}"
        wait_until(lambda: server.poll() is not None or _answers(base))
        yield f"{base}/v1"
        server.terminate()


def _answers(base: str) -> bool:
    try:
        return httpx2.get(f"{base}/health").status_code == 200
    except httpx2.TransportError:
        return False


def test_the_python_client_s_own_tests_pass(
    suite: Path, address: str, record_property: Callable[[str, object], None]
) -> None:
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--tb=short", "-o", "addopts=", "-rs"),
            *("-p", "reseed", "-p", "no:pytest_socket", "-p", "no:cacheprovider"),
            *(f"tests/api_resources/{part}" for part in SUITE),
        ],
        cwd=suite,
        env=os.environ
        | {
            "TEST_API_BASE_URL": address,
            "PYTHONPATH": str(Path(__file__).parent / "plugin"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    counts = {kind: int(number) for number, kind in _COUNT.findall(ran.stdout.splitlines()[-1])}
    record_property(TOLD, f"openai {VERSION}, its own tests: {counts}")
    assert set(counts) == {"passed"}, ran.stdout[-1000:]
    assert counts["passed"] >= FEWEST, ran.stdout[-500:]
