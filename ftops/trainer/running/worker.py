"""Runs one try of a job in its own process: `python -m ftops.trainer.running.worker PLACE`.

The place is the try's folder, or its address at the server of another machine; then the variable
`FTOPS_TRY_TOKEN` holds what this worker proves itself by.
"""

import fcntl
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ftops.dataset.rows import read_rows
from ftops.trainer import full_disk, surroundings
from ftops.trainer.recipes.contract import Fitted, Options, Row, Task, UntrainableError
from ftops.trainer.recipes.registry import recipe_named
from ftops.trainer.running import processes
from ftops.trainer.running.attempt_folder import (
    DISK_FULL,
    SUPERSEDED,
    AttemptFolder,
    Order,
    Result,
    WorkerMark,
)
from ftops.trainer.running.carrier.carry import carry
from ftops.trainer.running.carrier.try_server import SupersededError, TryServer
from ftops.trainer.running.worker_report import AttemptReport, SilentReport

BEAT_SECONDS = 1.0
LOCK_SECONDS = 60.0
ECHO_SECONDS = 10.0
ABANDONED = 75


def work(folder: AttemptFolder) -> None:
    """Do what the folder's order says and write down how it ended.

    Of several processes that train together, the first speaks for all.
    """
    order = folder.order()
    if surroundings.rank() > 0:
        _work_along(folder, order)
        return
    order.work.mkdir(parents=True, exist_ok=True)
    leader = os.getpid() if surroundings.ranks() == 1 else os.getppid()
    folder.write_mark(WorkerMark(pid=leader, born=processes.birth_mark(leader) or ""))
    with _heart(folder), _alone(folder, order.work / "worker.lock"):
        if folder.result() is None:
            folder.write_result(_outcome(folder, order))


def _work_along(folder: AttemptFolder, order: Order) -> None:
    """Train with the first process, in silence; what goes wrong here it sees and tells."""
    with _heart(folder):
        recipe = recipe_named(order.recipe, {order.recipe: order.recipe_at})
        recipe.fit(_task(order), SilentReport())


def _outcome(folder: AttemptFolder, order: Order) -> Result:
    try:
        recipe = recipe_named(order.recipe, {order.recipe: order.recipe_at})
        ended = recipe.fit(_task(order), AttemptReport(folder))
    except Exception as error:  # noqa: BLE001 whatever a recipe raises ends its job, not the server
        traceback.print_exc()
        if surroundings.ranks() > 1:
            # If another process died, this is only its echo: torchrun ends us now, and the try is
            # lost and not failed.
            surroundings.sleep(ECHO_SECONDS)
        if full_disk.is_meant_by(error):
            return Result(stopped=DISK_FULL)
        if isinstance(error, UntrainableError):
            return Result(refused=str(error))
        return Result(error=f"{type(error).__name__}: {error}")
    if isinstance(ended, Fitted):
        return Result(model_dir=ended.model_dir)
    return Result(stopped=ended.wish)


def _task(order: Order) -> Task:
    wanted = {name: value for name, value in order.hyperparameters.items() if value != "auto"}
    return Task(
        train=_rows(order.training_file),
        validation=_rows(order.validation_file) if order.validation_file else (),
        options=Options(method=order.method, seed=order.seed, **wanted),
        folder=order.work,
        parent=order.parent,
        base=order.base,
    )


def _rows(path: Path) -> list[Row]:
    with path.open("rb") as stream:
        return list(read_rows(stream))


@contextmanager
def _heart(folder: AttemptFolder) -> Iterator[None]:
    stopped = threading.Event()
    needed = [each for each in (folder.carrier(), _torchrun()) if each is not None]

    def beat() -> None:
        while not stopped.wait(BEAT_SECONDS):
            if not all(processes.is_running(each.pid, each.born) for each in needed):
                # What is learned from here on would reach nobody.
                os._exit(ABANDONED)
            if surroundings.rank() == 0:
                folder.beat()

    if surroundings.rank() == 0:
        folder.beat()
    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _torchrun() -> WorkerMark | None:
    """Return the process that started this one among others, if one did."""
    if surroundings.ranks() == 1:
        return None
    parent = os.getppid()
    return WorkerMark(pid=parent, born=processes.birth_mark(parent) or "")


@contextmanager
def _alone(folder: AttemptFolder, path: Path) -> Iterator[None]:
    """Hold the job's lock, which the system takes from a dead worker: two never share its work."""
    patience = surroundings.monotonic() + LOCK_SECONDS
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _taken(lock):
            if surroundings.monotonic() > patience:
                raise TimeoutError(f"an older worker still holds {path}")
            surroundings.sleep(0.1)
        if folder.control() == SUPERSEDED:
            raise SupersededError(str(folder.path))
        yield
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def main() -> None:
    """Work at the place named by the first argument."""
    place = sys.argv[1]
    try:
        if place.startswith(("http://", "https://")):
            # Clusters ask before they kill: time to take the scratch folder away.
            signal.signal(signal.SIGTERM, _leave)
            carry(TryServer(place, surroundings.try_token()))
        else:
            work(AttemptFolder(Path(place)))
    except SupersededError as error:
        sys.exit(f"superseded by a newer try: {error}")


if __name__ == "__main__":
    main()
