"""A warm process that forks ftops processes: a second's imports are paid once for all of them."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.reliability.zygote.failpoints import Failpoint
from tests.reliability.zygote.put import STILLBORN
from tests.trainer.conftest import REPOSITORY

PLAIN: Final[Mapping[str, str]] = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PYTHONPATH": str(REPOSITORY),
    "OPENBLAS_NUM_THREADS": "1",
    "GIT_CONFIG_NOSYSTEM": "1",
    "LANG": "C.UTF-8",
}
APPLY: Final = ("apply", "--yes")
BRIEF: Final[Mapping[str, float]] = {
    "ftops.adapters.openai_provider.writing:ACT_SECONDS": 0.4,
    "ftops.adapters.openai_provider.writing:UPLOAD_SECONDS": 0.4,
    "ftops.adapters.openai_provider.direct:LOOK_SECONDS": 0.4,
    "ftops.adapters.openai_provider.wire:LOOK_SECONDS": 0.4,
    "ftops.usecases.lease:FIRST_PAUSE": 0.05,
    "ftops.usecases.apply:SIDE_BY_SIDE": 1,
}
"""Seconds that nobody wants to spend on waiting for a server that never answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """How one process is made: what it is told, what breaks in it, and what it lacks.

    With `ahead` time flies in it, from so many seconds in the future on. One that `stops` begins
    when it gets SIGCONT.
    """

    root: Path
    arguments: Sequence[str] = APPLY
    environment: Mapping[str, str] = field(default_factory=dict)
    failpoint: Failpoint | None = None
    trace: Path | None = None
    without: tuple[str, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)
    ahead: float | None = None
    stops: bool = False
    largest_file: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """What a process came to: its exit code, or the signal that ended it, negative."""

    code: int
    words: str
    peak_bytes: int


class Nursery:
    """Starts processes and waits for them; safe to use from several threads.

    It is astray once somebody left amid a question, a test that took too long: the next answers
    would be those of earlier questions.
    """

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process = process
        self.folder = folder
        self._lock = threading.Lock()
        self._words: dict[int, Path] = {}
        self._born = 0
        self.is_astray = False

    def rehearse(self, birth: Birth) -> int:
        """Let the warm process itself be the first one, so that its children find caches filled."""
        return int(self._ask({**self._order(birth), "rehearse": True})["code"])

    def start(self, birth: Birth) -> int:
        """Return the process's id as soon as it lives."""
        order = self._order(birth)
        pid: int = self._ask(order)["pid"]
        self._words[pid] = Path(order["words"])
        return pid

    def _order(self, birth: Birth) -> dict[str, Any]:
        with self._lock:
            self._born += 1
            words = self.folder / f"{self._born}.txt"
        point = birth.failpoint
        return {
            "root": str(birth.root),
            "arguments": list(birth.arguments),
            "environment": {**PLAIN, "HOME": str(self.folder), **birth.environment},
            "failpoint": None if point is None else asdict(point),
            "trace": None if birth.trace is None else str(birth.trace),
            "without": list(birth.without),
            "ahead": birth.ahead,
            "settings": {**BRIEF, **birth.settings},
            "stops": birth.stops,
            "largest_file": birth.largest_file,
            "words": str(words),
        }

    def wait(self, pid: int) -> Died:
        """Return what became of a process."""
        told = self._ask({"pid": pid})
        path = self._words.pop(pid)
        words = path.read_text("utf-8") if path.exists() else ""
        if told["code"] == STILLBORN:
            raise RuntimeError(f"no ftops came to life: {words}")
        return Died(code=told["code"], words=words, peak_bytes=told["peak_bytes"])

    def run(self, birth: Birth) -> Died:
        """Start a process and wait for its end."""
        return self.wait(self.start(birth))

    def _ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            was_astray, self.is_astray = self.is_astray, True
            assert not was_astray, "an earlier question was never answered"
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
            self.is_astray = False
        return answer


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """Yield a nursery; its process measures no coverage, which would cost more than the work."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.zygote"],
        cwd=REPOSITORY,
        env={**PLAIN, "HOME": str(folder), "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        started = Nursery(process, folder)
        yield started
        assert process.stdin is not None
        process.stdin.close()
        if started.is_astray:
            process.kill()
