"""A try that is under way: begun by us, or adopted from a server that is gone."""

from dataclasses import dataclass, field

from ftops.trainer import surroundings
from ftops.trainer.running.attempt_folder import LOG, AttemptFolder
from ftops.trainer.running.launchers.contract import Launcher, Standing, Submission
from ftops.trainer.store.records import Request

GO_ON = "go on"
KILL_AGAIN_SECONDS = 10.0


@dataclass(slots=True, kw_only=True)
class Attempt:
    """Watches one try; what only we saw of it is kept here and not in the store."""

    submission: Submission
    launcher: Launcher
    first_step: tuple[int, float] | None = None
    _beat: float = field(default=0.0, init=False)
    _beat_seen: float = field(default_factory=surroundings.monotonic, init=False)
    _cancel_told: float | None = field(default=None, init=False)
    _killed_at: float | None = field(default=None, init=False)
    _remarked: set[Standing] = field(default_factory=set, init=False)

    @property
    def folder(self) -> AttemptFolder:
        """Return where the try is written down."""
        return self.submission.folder

    @property
    def id(self) -> str:
        """Return the name that launchers know it by."""
        return self.submission.id

    def submit(self) -> None:
        """Have it run."""
        self.launcher.submit(self.submission)

    def standing(self) -> Standing:
        """Say what the launcher knows of it."""
        return self.launcher.status(self.submission)

    def remark(self, standing: Standing) -> str | None:
        """Return what is worth telling of where it stands, the first time that it stands there."""
        has_begun = bool(self.folder.last_beat())
        words = {
            (Standing.WAITING, False): f"Waiting for the cluster to have room for {self.id}",
            (Standing.UNKNOWN, True): f"The cluster knows {self.id} no more",
            (Standing.UNREACHABLE, True): f"The cluster that runs {self.id} cannot be reached",
        }.get((standing, has_begun))
        if words is None or standing in self._remarked:
            return None
        self._remarked.add(standing)
        return words

    def tell(self, request: Request) -> None:
        """Pass on what was asked of the job."""
        self.folder.write_control(GO_ON if request is Request.NOTHING else str(request))
        if request is Request.CANCEL and self._cancel_told is None:
            self._cancel_told = surroundings.monotonic()

    def is_deaf(self, seconds: float) -> bool:
        """Say whether a cancellation has gone unheard for that long."""
        told = self._cancel_told
        return told is not None and surroundings.monotonic() - told > seconds

    def is_stuck(self, seconds: float) -> bool:
        """Say whether the worker has shown no life for that long, as we saw it.

        Our own waiting counts, not the file's time: every time is old after a night in a closed
        laptop. A try that waits for its turn elsewhere is not silent.
        """
        beat = self.folder.last_beat()
        if beat != self._beat or self.standing() is not Standing.RUNNING:
            self._beat, self._beat_seen = beat, surroundings.monotonic()
        return surroundings.monotonic() - self._beat_seen > seconds

    def kill(self) -> bool:
        """End the worker and what it started; a launcher that takes its time is not asked anew."""
        now = surroundings.monotonic()
        if self._killed_at is not None and now - self._killed_at < KILL_AGAIN_SECONDS:
            return False
        self._killed_at = now
        self.launcher.stop(self.submission)
        return True

    def keep_logs(self) -> None:
        """Write the worker's words down, where they are not in its folder already."""
        log = self.folder.path / LOG
        if not log.exists():
            log.write_text(self.launcher.logs(self.submission), encoding="utf-8")
