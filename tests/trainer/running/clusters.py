"""A cluster in memory: forgets, is full or away and refuses when told to; its workers run here."""

from collections.abc import Callable

from ftops.trainer.running.launchers.contract import LauncherError, Standing, Submission
from ftops.trainer.running.launchers.this_machine import ThisMachine


class FakeCluster:
    """A launcher over `ThisMachine` whose memory is its own and can be lost."""

    def __init__(self) -> None:
        self.known: dict[str, Submission] = {}
        self.submitted: list[str] = []
        self.stopped: list[str] = []
        self.is_away = False
        self.is_full = False
        self.stops_later = False
        self.held: set[str] = set()
        self.refuses = ""
        self.on_submit: Callable[[], None] = lambda: None
        self._here = ThisMachine()

    def submit(self, submission: Submission) -> None:
        if self.is_away or self.refuses:
            raise LauncherError(self.refuses or "the cluster is away")
        self.on_submit()
        if submission.id not in self.known:
            self.known[submission.id] = submission
            self.submitted.append(submission.id)
            if self.is_full:
                self.held.add(submission.id)
            else:
                self._here.submit(submission)

    def make_room(self) -> None:
        """Begin with all that waited."""
        self.is_full = False
        for begun in sorted(self.held):
            self._here.submit(self.known[begun])
        self.held.clear()

    def status(self, submission: Submission) -> Standing:
        if self.is_away:
            return Standing.UNREACHABLE
        if submission.id in self.held:
            return Standing.WAITING
        known = submission.id in self.known
        return self._here.status(submission) if known else Standing.UNKNOWN

    def stop(self, submission: Submission) -> None:
        self.stopped.append(submission.id)
        if not (self.is_away or self.stops_later):
            self._here.stop(submission)

    def logs(self, submission: Submission) -> str:
        return self._here.logs(submission)

    def forget(self) -> None:
        """Lose every job and its worker, as a head without a backup does."""
        for lost in self.known.values():
            self._here.stop(lost)
        self.known.clear()
        self.held.clear()
