"""Fetches a try from the server of another machine, has it worked on here, and tells all of it."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ftops.trainer import surroundings
from ftops.trainer.running import processes
from ftops.trainer.running.archive import unpack
from ftops.trainer.running.attempt_folder import LOG, AttemptFolder, WorkerMark
from ftops.trainer.running.carrier.mirror import Mirror
from ftops.trainer.running.carrier.try_server import ServerError, SupersededError, TryServer
from ftops.trainer.running.launchers.command import worker_command

BEAT_SECONDS = 1.0
TURN_SECONDS = 0.3


def carry(server: TryServer) -> None:
    """Do it; ends with an error where the worker vanished, so that a launcher sees a failure."""
    with tempfile.TemporaryDirectory(prefix="ftops-try-") as scratch, _pulse(server) as pulse:
        folder = _fetched(server, Path(scratch))
        order = folder.order()
        mirror = Mirror(server=server, folder=folder, work=order.work)
        mirror.begin()
        with (folder.path / LOG).open("ab") as log:
            worker = subprocess.Popen(  # noqa: S603 our own interpreter and module
                worker_command(str(folder.path), order.base.get("processes", 1)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=surroundings.child_environment(),
                start_new_session=True,
            )
        pulse.folder = folder
        try:
            while worker.poll() is None:
                pulse.check()
                mirror.turn()
                surroundings.sleep(TURN_SECONDS)
            if not mirror.end():
                raise ServerError(f"the worker ended without a word (status {worker.returncode})")
        finally:
            processes.kill_session(worker.pid)
            worker.wait()


def _fetched(server: TryServer, scratch: Path) -> AttemptFolder:
    order = server.order()
    rows = server.fetch(order.training_file, scratch / "training")
    validation = order.validation_file
    local = replace(
        order,
        training_file=rows,
        validation_file=validation and server.fetch(validation, scratch / "validation"),
        work=_unpacked(server, order.work, scratch),
        parent=order.parent and _unpacked(server, order.parent, scratch),
    )
    folder = AttemptFolder(scratch / "try")
    folder.write_order(local)
    me = os.getpid()
    folder.write_carrier(WorkerMark(pid=me, born=processes.birth_mark(me) or ""))
    return folder


def _unpacked(server: TryServer, what: Path, scratch: Path) -> Path:
    archive = server.fetch(what, scratch / f"{what}.tar")
    into = scratch / what
    into.mkdir()
    unpack(archive, into)
    archive.unlink()
    return into


@dataclass(slots=True, kw_only=True)
class _Pulse:
    """A sign of life a second, as long as the worker gives one; and the wish that is answered."""

    server: TryServer
    folder: AttemptFolder | None = None
    is_over: bool = False
    seen: float = 0.0

    def beat(self) -> None:
        """Give a sign and pass the wish on."""
        beat = self.folder.last_beat() if self.folder is not None else 0.0
        alive = self.folder is None or beat != self.seen
        self.seen = beat
        try:
            wish = self.server.word(alive=alive)
        except (SupersededError, ServerError):
            self.is_over = True
            return
        if wish and self.folder is not None:
            self.folder.write_control(wish)

    def check(self) -> None:
        """End here if the try is over."""
        if self.is_over:
            raise SupersededError(self.server.address)


@contextmanager
def _pulse(server: TryServer) -> Iterator[_Pulse]:
    pulse, stopped = _Pulse(server=server), threading.Event()

    def beat() -> None:
        while not stopped.wait(BEAT_SECONDS) and not pulse.is_over:
            pulse.beat()

    pulse.beat()
    thread = threading.Thread(target=beat, name="pulse", daemon=True)
    thread.start()
    try:
        yield pulse
    finally:
        stopped.set()
        thread.join()
