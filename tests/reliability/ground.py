"""One project on a proving ground: processes over it, the provider behind it, and the judgement."""

import os
import shutil
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Final

from ftops.adapters.lock_files.lock_text import lock_from_text
from ftops.errors import RecordError
from tests.cli.checkout import Checkout
from tests.reliability.nursery import APPLY, Birth, Died, Nursery
from tests.reliability.provider.history import History
from tests.reliability.provider.server import Rogue
from tests.reliability.provider.weather import Weather

A_RUN: Final = 1_000.0
"""Seconds from the beginning of one run to that of the next: more than the window of a creation."""
RUNS_AT_MOST: Final = 4
TOLD: Final = 600
LEFT_ASIDE: Final = (".ftops-tmp-*", ".ftops/staging/*", ".ftops/emergency-*")
EMERGENCIES: Final = "ftops-emergency-*"


@dataclass(slots=True, kw_only=True)
class Ground:
    """A checkout and what may happen on it; `runs` holds what each process came to.

    Time flies unless processes race each other, whose clocks must then agree.
    """

    nursery: Nursery
    rogue: Rogue
    checkout: Checkout
    without: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    flies: bool = True
    begins: float = 0.0
    between_runs: float = A_RUN
    runs: list[Died] = field(default_factory=list)

    @property
    def history(self) -> History:
        return self.rogue.history

    def birth(self, *arguments: str) -> Birth:
        return Birth(
            root=self.checkout.root,
            arguments=arguments or APPLY,
            environment=self.environment,
            without=self.without,
            ahead=self.begins + len(self.runs) * self.between_runs if self.flies else None,
        )

    def run(self, *arguments: str) -> Died:
        """Run one command to its end, by default an apply."""
        return self.live(self.birth(*arguments))

    def live(self, birth: Birth) -> Died:
        """Let a process live and die; what it sent before is read when this returns."""
        died = self.nursery.run(birth)
        self.rogue.rest()
        self.runs.append(died)
        return died

    def break_in(self, weather: Weather) -> int:
        """Run an apply in this weather and return its exit code; a fault may kill it."""
        self.rogue.weather = weather
        pid = self.nursery.start(self.birth())
        weather.kill = self.killer(pid)
        died = self.nursery.wait(pid)
        self.rogue.rest()
        self.runs.append(died)
        self.rogue.weather = Weather()
        return died.code

    def killer(self, pid: int) -> Callable[[], None]:
        """Return what kills a process for good."""
        return lambda: os.kill(pid, signal.SIGKILL)

    def recover(self, *arguments: str) -> None:
        """Run the same command again, in good weather, until it says that all is well."""
        for _ in range(RUNS_AT_MOST):
            if self.run(*arguments).code == 0:
                return
        raise AssertionError(f"it never recovers: {self.runs[-1].words[-TOLD:]}")

    def locks(self) -> dict[str, str]:
        """Return the job of each lock by its spec; a lock that is not whole fails here."""
        found = {}
        for path in self.checkout.root.glob("specs/*.lock"):
            text = path.read_text("utf-8")
            try:
                lock = lock_from_text(text, path.name)
            except RecordError as error:
                raise AssertionError(error.message) from error
            assert lock.model in self.history.models, f"{path.name} names a model nobody made"
            found[str(lock.spec)] = str(lock.job)
        return found

    def remembered(self, job: str) -> bool:
        """Say whether a job is written down anywhere: lock, journal, emergency, or told."""
        places = (self.checkout.root.rglob("*"), self.nursery.folder.glob(EMERGENCIES))
        files = [path for path in chain(*places) if path.is_file()]
        told = self.runs[-1].words
        return job in told or any(job.encode() in path.read_bytes() for path in files)

    def complaints(self, specs: frozenset[str], jobs: int | None = None) -> list[str]:
        """Return what is wrong after all is said to be well; `jobs` counts all ever made."""
        history, made = self.history, self.locks()
        expected = len(specs) if jobs is None else jobs
        found = []
        if history.paid_twice() and jobs is None:
            found.append(f"paid twice: {history.paid_twice()}")
        if history.alive_twice():
            found.append(f"alive twice: {history.alive_twice()}")
        if len(history.ours) != expected:
            found.append(f"{len(history.ours)} jobs instead of {expected}")
        if set(made) != specs:
            found.append(f"locks of {sorted(made)} instead of {sorted(specs)}")
        lost = {job.id for job in history.ours if job.is_alive} - set(made.values())
        if lost and jobs is None:
            found.append(f"lost: {sorted(lost)}")
        if history.outwaited:
            found.append(f"{history.outwaited} requests were never given up")
        if not all(upload.is_what_its_name_says for upload in history.uploads.values()):
            found.append("other bytes were uploaded than were hashed")
        found += [f"left behind: {path}" for path in self.left_behind()]
        return found

    def left_behind(self) -> list[str]:
        """Return the temporary files that nobody swept."""
        root = self.checkout.root
        found = [path for pattern in LEFT_ASIDE for path in root.rglob(pattern)]
        return [str(path) for path in chain(found, self.nursery.folder.glob(EMERGENCIES))]

    def is_at_rest(self) -> bool:
        """Say whether a plan finds nothing to do."""
        return self.run("plan", "--exit-code").code == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A ground as it was: the folder's copy and the provider's history."""

    folder: Path
    history: History

    def restored(self, ground: Ground, weather: Weather | None = None) -> Ground:
        """Return the ground as it was then, in its own folder."""
        root = ground.checkout.root
        shutil.rmtree(root)
        shutil.copytree(self.folder, root, symlinks=True)
        ground.rogue.begin(self.history.copy(), weather)
        return replace(ground, runs=[])


def taken(ground: Ground) -> Snapshot:
    folder = ground.checkout.root.with_suffix(".before")
    shutil.copytree(ground.checkout.root, folder, symlinks=True)
    return Snapshot(folder=folder, history=ground.history.copy())
