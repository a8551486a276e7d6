"""Copies what a worker writes here to the server: events, checkpoints, states, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ftops.trainer import surroundings
from ftops.trainer.checkpoints import CHECKPOINTS
from ftops.trainer.running.archive import pack
from ftops.trainer.running.attempt_folder import LOG, AttemptFolder
from ftops.trainer.running.carrier.try_server import TryServer
from ftops.trainer.running.told_lines import is_checkpoint, relocated
from ftops.trainer.running.work_folder import state_names

STATE_SECONDS = 30.0
_LINES_AT_ONCE = 1000
_LOG_BYTES = 256 * 1024

Look = Mapping[Path, tuple[int, int, int]]


@dataclass(slots=True, kw_only=True)
class Mirror:
    """Remembers what was told."""

    server: TryServer
    folder: AttemptFolder
    work: Path
    state_seconds: float = STATE_SECONDS
    _offset: int = field(default=0, init=False)
    _told: int = field(default=0, init=False)
    _state: Look = field(default_factory=dict, init=False)
    _state_at: float = field(default_factory=surroundings.monotonic, init=False)

    def begin(self) -> None:
        """Take what was fetched for known to the server."""
        self._state = self._look()

    def turn(self) -> None:
        """Tell what is new; a state when one is due, and at the end of each epoch."""
        has_checkpoint = self._tell()
        is_due = surroundings.monotonic() - self._state_at > self.state_seconds
        if has_checkpoint or is_due:
            self._send_state()

    def end(self) -> bool:
        """Tell the rest, of a worker that writes no more; False if it did not say how it ended."""
        self._tell()
        self._send_state()
        self.server.log(self._last_words())
        result = self.folder.result()
        if result is None:
            return False
        if result.model_dir is not None:
            result = replace(result, model_dir=result.model_dir.relative_to(self.work))
        self.server.result(result)
        return True

    def _tell(self) -> bool:
        lines, reached = self.folder.lines_after(self._offset)
        waiting: list[bytes] = []
        has_checkpoint = False
        for line in lines:
            waiting.append(relocated(line, self._send_checkpoint))
            has_checkpoint |= is_checkpoint(line)
            # At once: the server keeps the last three, and the next might be one too many.
            if is_checkpoint(line) or len(waiting) == _LINES_AT_ONCE:
                self._send(waiting)
                waiting = []
        self._send(waiting)
        self._offset = reached
        return has_checkpoint

    def _send(self, lines: list[bytes]) -> None:
        if lines:
            self.server.lines(lines, self._told)
            self._told += len(lines)

    def _send_checkpoint(self, model_dir: str) -> str | None:
        """Send a checkpoint, unless its recipe has dropped it for newer ones."""
        place = Path(model_dir)
        archive = self.folder.path / "checkpoint.tar"
        try:
            pack(place.parent, [place.name], archive)
        except FileNotFoundError:
            return None
        self.server.upload(f"{CHECKPOINTS}/{place.name}", archive)
        archive.unlink()
        return f"{CHECKPOINTS}/{place.name}"

    def _send_state(self) -> None:
        """Send the state as it was at one moment, after every line told before that moment."""
        self._state_at = surroundings.monotonic()
        before, archive = self._look(), self.folder.path / "state.tar"
        if before == self._state or not before:
            return
        try:
            pack(self.work, state_names(self.work), archive)
        except FileNotFoundError:
            return
        if self._look() != before:
            # The worker wrote meanwhile: a mixture of two states is none.
            return
        self._tell()
        self.server.upload("state", archive)
        archive.unlink()
        self._state = before

    def _look(self) -> Look:
        try:
            files = [
                path
                for name in state_names(self.work)
                for path in (self.work / name, *(self.work / name).rglob("*"))
            ]
            stats = [(path, path.stat()) for path in files]
        except FileNotFoundError:
            return {}
        return {path: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for path, stat in stats}

    def _last_words(self) -> bytes:
        try:
            return (self.folder.path / LOG).read_bytes()[-_LOG_BYTES:]
        except FileNotFoundError:
            return b""
