"""A person at a terminal: a project, a server it trains on, and commands run in process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ftops.cli.main import run
from tests.cli.checkout import Checkout, scrubbed
from tests.cli.lab import Lab


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


def command_line(captured: pytest.CaptureFixture[str]) -> Ftops:
    """Return a function that runs a command line in process, as a shell would."""

    def call(*words: str) -> Ran:
        captured.readouterr()
        code = run(words)
        out, err = captured.readouterr()
        return Ran(code=code, out=out, err=err)

    return call


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The project's folder is the current one; `env` is undone after the test."""

    ftops: Ftops
    checkout: Checkout
    lab: Lab
    env: pytest.MonkeyPatch

    def spec(self, text: str) -> None:
        """Replace the spec's text."""
        self.checkout.write("specs/triage.yaml", text)

    def add(self, line: str) -> None:
        """Add a line to the spec."""
        self.spec(self.checkout.read("specs/triage.yaml") + line + "\n")


def begun(scene: Scene) -> Scene:
    """Write a project of one spec that trains in the lab."""
    scene.checkout.settle(scene.lab.base_url)
    scene.checkout.write(".gitignore", ".ftops/\n")
    scene.checkout.spec("triage")
    return scene


def document(ran: Ran) -> Any:  # noqa: ANN401 any JSON
    """Return the JSON on standard output, which is nothing else."""
    told = json.loads(ran.out)
    assert told["format_version"] == 1
    return told
