"""What users of the official Node client do, end to end."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.conftest import TOLD
from tests.trainer.conftest import serving
from tests.trainer.counting_settings import counting
from tests.trainer.rows import chat_rows

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(600)]

SCRIPT = Path(__file__).with_name("client.mjs")
PACKAGE = "openai@7"
CHECKS = 15


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client in it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node is not installed")
    folder = tmp_path_factory.mktemp("node")
    got = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode != 0:
        pytest.skip(f"the package index cannot be had: {got.stderr.strip()[-300:]}")
    shutil.copy(SCRIPT, folder)
    return folder


def test_the_node_client_is_served(
    node: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with serving(counting(tmp_path)) as client:
        ran = subprocess.run(
            ["node", SCRIPT.name],
            cwd=node,
            env=os.environ
            | {"TEST_API_BASE_URL": str(client.base_url), "ROWS": chat_rows(10).decode()},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr[-3000:]
    assert ran.stdout.count("ok ") == CHECKS
    record_property(TOLD, f"{PACKAGE} of npm: {CHECKS} checks passed")
