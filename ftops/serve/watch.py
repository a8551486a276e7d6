"""The one who looks: in the background, often while jobs run, and never twice at once."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from ftops.core.names import JobId, TargetName
from ftops.errors import FtopsError
from ftops.serve.ports import Lookout
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.serve.snapshot.trail import Trail
from ftops.serve.snapshot.values import ENDED, JobView
from ftops.serve.trails import Trails
from ftops.usecases.survey import Survey, Trouble, trouble_of

log = logging.getLogger(__name__)

BUG: Final = "the look itself failed; the server's own log says why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two looks: while a job is on its way, else, and at the very least.

    Between them `glance` is how often this machine's own files are looked at, which costs nothing.
    """

    busy: float = 3.0
    idle: float = 60.0
    least: float = 1.0
    glance: float = 2.0

    def after(self, snapshot: Snapshot) -> float:
        """Return how long to rest after that look; trouble is looked at again sooner."""
        if snapshot.is_busy:
            return self.busy
        return min(self.idle, 5 * self.busy) if snapshot.troubles else self.idle


Listener = Callable[[Snapshot], None]


class Watch:
    """Keeps the newest snapshot; `nudge` makes the next look come sooner."""

    def __init__(self, lookout: Lookout, pace: Pace | None = None) -> None:
        self.lookout = lookout
        self.trails = Trails(lookout, lookout.clock)
        self.listeners: list[Listener] = []
        self._pace = pace or Pace()
        self._nudged = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        blank = Survey(
            at=lookout.clock.now(),
            project="",
            trouble=Trouble(message="nothing was looked at yet", hint="ask again in a moment"),
        )
        self.snapshot = Snapshot(blank, {}, 0)

    def look(self) -> Snapshot:
        """Look once, and tell the listeners; what cannot be seen now stays as it was."""
        survey = self._survey()
        trails = self.trails.keep_up(survey)
        self.snapshot = Snapshot(survey, trails, self.snapshot.number + 1)
        for listener in tuple(self.listeners):
            listener(self.snapshot)
        return self.snapshot

    def _survey(self) -> Survey:
        before = self.snapshot.survey
        try:
            fresh = self.lookout.survey()
        except FtopsError as error:
            return replace(before, trouble=trouble_of(error))
        if fresh.trouble is not None and not fresh.sights:
            return replace(before, trouble=fresh.trouble, project=fresh.project)
        sights = {name: one.or_else(before.sights.get(name)) for name, one in fresh.sights.items()}
        return replace(fresh, sights=sights)

    def trail_of(self, snapshot: Snapshot, view: JobView) -> Trail:
        """Return a job's log; that of an ended job is asked for once, whoever asks."""
        job_id = JobId(view.job_id)
        known = snapshot.trails.get(job_id)
        if known is not None:
            return known
        if view.status not in ENDED:
            return Trail(at=snapshot.at)
        return self.trails.of_ended(job_id, TargetName(view.target), snapshot.results_of(job_id))

    def nudge(self) -> None:
        """Let the next look come as soon as may be."""
        self._nudged.set()

    @property
    def is_nudged(self) -> bool:
        """Say whether the next look was asked to come sooner."""
        return self._nudged.is_set()

    def start(self) -> None:
        """Begin to look in the background."""
        self._thread = threading.Thread(target=self._run, name="ftops-watch", daemon=True)
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Look no more; a look under way is waited for only so many seconds."""
        self._over.set()
        self._nudged.set()
        if self._thread is not None:
            self._thread.join(patience)

    def _run(self) -> None:
        while not self._over.is_set():
            mark = self.lookout.mark()
            self._rest(self._pace.after(self._look_whatever_comes()), mark)
            self._nudged.clear()

    def _rest(self, seconds: float, mark: object) -> None:
        """Rest so long, or until somebody nudges, or something was written on this machine."""
        self._over.wait(self._pace.least)
        left = seconds - self._pace.least
        while left > 0 and not self._nudged.wait(min(left, self._pace.glance)):
            left -= self._pace.glance
            if self.lookout.mark() != mark:
                return

    def _look_whatever_comes(self) -> Snapshot:
        """Look; a bug in looking must not end it, and is told beside what was seen before."""
        try:
            return self.look()
        except Exception:
            log.exception("a look failed")
            survey = replace(self.snapshot.survey, trouble=Trouble(message=BUG))
            self.snapshot = Snapshot(survey, self.snapshot.trails, self.snapshot.number + 1)
            return self.snapshot
