"""A job's own folder as workers elsewhere see it: its newest checkpoint, and a state to go on from.

A state that arrives is kept as one archive beside the folder, replaced whole, and laid out when the
next try begins; so a torn upload or a death on the way never leaves half a state.
"""

import logging
import shutil
from pathlib import Path
from typing import Final

from ftops.trainer import ids
from ftops.trainer.checkpoints import CHECKPOINTS, checkpoints_by_step, drop_old_checkpoints
from ftops.trainer.running.archive import ArchiveError, pack, unpack

log = logging.getLogger(__name__)

LOCK: Final = "worker.lock"
_STATE: Final = "state.tar"
_ARRIVING: Final = ".arriving-"


def state_names(work: Path) -> list[str]:
    """Return what lies in the folder beside checkpoints and its lock."""
    passed = {CHECKPOINTS, LOCK}
    found = sorted(each.name for each in work.iterdir()) if work.is_dir() else []
    return [name for name in found if name not in passed and not name.startswith(".")]


def pack_for_next_try(work: Path, out: Path) -> None:
    """Pack the state and the newest checkpoint."""
    newest = [f"{CHECKPOINTS}/{each.name}" for each in checkpoints_by_step(work)[-1:]]
    pack(work, [*state_names(work), *newest], out)


def take_checkpoint(work: Path, name: str, archive: Path) -> Path:
    """Unpack a checkpoint that arrived, for `keep_checkpoint` to put in its place."""
    staging = work.parent / f"{_ARRIVING}{ids.random_word(8)}"
    try:
        unpack(archive, staging)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return staging / name


def keep_checkpoint(work: Path, unpacked: Path) -> None:
    """Put an unpacked checkpoint in its place, unless it is there; keep the last three."""
    place = work / CHECKPOINTS / unpacked.name
    place.parent.mkdir(parents=True, exist_ok=True)
    if unpacked.is_dir() and not place.exists():
        unpacked.rename(place)
    shutil.rmtree(unpacked.parent, ignore_errors=True)
    drop_old_checkpoints(work, ignore_errors=True)


def keep_state(work: Path, archive: Path) -> None:
    """Keep a state that arrived; what `archive` names is gone afterwards."""
    archive.replace(work.parent / _STATE)


def lay_out_state(work: Path) -> None:
    """Put the state that arrived last in its place; done again after a death on the way."""
    for leftover in work.parent.glob(f"{_ARRIVING}*"):
        shutil.rmtree(leftover)
    archive = work.parent / _STATE
    if not archive.exists():
        return
    staging = work.parent / f"{_ARRIVING}{ids.random_word(8)}"
    try:
        unpack(archive, staging)
    except ArchiveError:
        log.exception("a state that arrived is dropped; an older one is gone on from")
        shutil.rmtree(staging, ignore_errors=True)
        archive.unlink()
        return
    work.mkdir(parents=True, exist_ok=True)
    for name in state_names(work):
        _remove(work / name)
    for name in state_names(staging):
        (staging / name).rename(work / name)
    shutil.rmtree(staging, ignore_errors=True)
    archive.unlink()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
