import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ftops.cli.main import run
from tests.cli.checkout import Checkout, scrubbed
from tests.cli.lab import Lab, running_lab
from tests.trainer.conftest import REPOSITORY

LEAKING = ("OPENAI_", "FTOPS_", "AZURE_", "GIT_", "CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one command line came to."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Return the results without what differs from run to run."""
        return scrubbed(self.out)

    @property
    def talk(self) -> str:
        """Return the talk without what differs from run to run."""
        return scrubbed(self.err)


Ftops = Callable[..., Ran]


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
    """Run a command line in process, as a shell would."""

    def call(*words: str) -> Ran:
        capfd.readouterr()
        code = run(words)
        out, err = capfd.readouterr()
        return Ran(code=code, out=out, err=err)

    return call


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
def checkout(empty: Checkout, lab: Lab) -> Checkout:
    """A project of one spec that trains in the lab."""
    empty.settle(lab.base_url)
    empty.write(".gitignore", ".ftops/\n")
    empty.spec("triage")
    return empty


def document(ran: Ran) -> Any:  # noqa: ANN401 any JSON
    """Return the JSON on standard output, which is nothing else."""
    import json  # noqa: PLC0415

    told = json.loads(ran.out)
    assert told["format_version"] == 1
    return told
