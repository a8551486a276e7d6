"""Several clones of one project on a bare remote, racing each other or taking over."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.cli.checkout import Checkout
from tests.reliability.ground import Ground
from tests.reliability.provider.history import History
from tests.reliability.provider.weather import of_a_meeting


class Hub:
    """A bare remote and its clones; every round begins without ledger, records and jobs.

    With `meet` two creations that could come together do.
    """

    def __init__(self, ground: Ground, *, lease: str, folder: Path, meet: bool = False) -> None:
        self._meet = meet
        self._ground = ground
        self._folder = folder
        self._bare = folder / "hub.git"
        ground.checkout.settle(ground.rogue.base_url, lease=lease)
        ground.checkout.commit("Declare triage")
        ground.checkout.git("clone", "--quiet", "--bare", ".", str(self._bare))
        self._made = 0

    def clone(self) -> Ground:
        """Return a machine that has just cloned the project."""
        self._made += 1
        place = self._folder / f"clone-{self._made}"
        self._ground.checkout.git("clone", "--quiet", f"file://{self._bare}", str(place))
        return replace(self._ground, checkout=Checkout(place), runs=[])

    def forget(self, clones: Sequence[Ground]) -> None:
        """Let a new round begin."""
        # Jobs queue for a while, as they do: a duplicate is then seen before it costs anything.
        queue = History(looks_to_finish=6, looks_in_queue=4)
        self._ground.rogue.begin(queue, of_a_meeting() if self._meet else None)
        for clone in clones:
            shutil.rmtree(clone.checkout.root / ".ftops", ignore_errors=True)
            clone.checkout.git("clean", "--quiet", "--force", "-x")
            clone.runs.clear()
        for ref in self._refs():
            self._ground.checkout.git("push", "--quiet", str(self._bare), f":{ref}")

    def _refs(self) -> list[str]:
        told = self._ground.checkout.git("ls-remote", str(self._bare), "refs/ftops/*")
        return [line.split()[1] for line in told.splitlines()]


def race(clones: Sequence[Ground]) -> None:
    """Let all of them apply in the same moment, to their ends."""
    pids = [clone.nursery.start(clone.birth()) for clone in clones]
    for clone, pid in zip(clones, pids, strict=True):
        clone.runs.append(clone.nursery.wait(pid))
