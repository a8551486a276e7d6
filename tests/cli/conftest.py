import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout
from tests.cli.lab import Lab, running_lab
from tests.cli.scene import Ftops, Scene, begun, command_line
from tests.trainer.conftest import REPOSITORY

LEAKING = (
    "OPENAI_",
    "FTOPS_",
    "AZURE_",
    "GIT_",
    "GITHUB_",
    "CI",
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
)


@pytest.fixture(autouse=True)
def _nobody_s_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's decides; workers find the recipe that lives in the tests."""
    for name in [name for name in os.environ if name.startswith(LEAKING)]:  # noqa: TID251 to clean it
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("FTOPS_POLL_SECONDS", "0.02")
    monkeypatch.setenv("FTOPS_SETTLE_SECONDS", "0.2")


@pytest.fixture
def ftops(capfd: pytest.CaptureFixture[str]) -> Ftops:
    return command_line(capfd)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with running_lab(tmp_path / "lab") as served:
        yield served


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """An empty folder, which is the current one."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    return Checkout(root)


@pytest.fixture
def at(ftops: Ftops, empty: Checkout, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A project of one spec that trains in the lab."""
    return begun(Scene(ftops=ftops, checkout=empty, lab=lab, env=monkeypatch))
