"""Takes lines that a worker elsewhere told into its try's own log, checked and each once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from ftops.trainer.checkpoints import CHECKPOINTS, is_checkpoint_name
from ftops.trainer.running.attempt_folder import AttemptFolder
from ftops.trainer.store.records import Resolution


class LineError(ValueError):
    """A line is not what a worker tells."""


class _Note(msgspec.Struct):
    message: str


class _Step(msgspec.Struct):
    at: int
    step: int
    total_steps: int
    # JSON has no NaN: a loss that diverged arrives as null.
    train_loss: float | None


class _Checkpoint(_Step):
    model_dir: str


_SHAPES: Final = {
    "resolved": Resolution,
    "note": _Note,
    "step": _Step,
    "checkpoint": _Checkpoint,
    "passed": dict[str, Any],
}


def append_lines(folder: AttemptFolder, work: Path, lines: Sequence[bytes], after: int) -> int:
    """Append what comes after the lines we have; return how many there are now."""
    known = len(folder.lines_after(0)[0])
    if after > known:
        raise LineError(f"{known} lines are here; what comes after {after} would leave a gap")
    fresh = [_checked(line, work) for line in lines[known - after :]]
    if fresh:
        with folder.log.open("ab", buffering=0) as stream:
            stream.write(b"".join(line + b"\n" for line in fresh))
    return known + len(fresh)


def placed(name: str, work: Path) -> Path | None:
    """Return where a checkpoint lies whose folder a worker named `checkpoints/step-N`.

    None says that it was dropped for newer ones.
    """
    parent, _, step = name.partition("/")
    if parent != CHECKPOINTS or not is_checkpoint_name(step):
        raise LineError(f"{name!r} is no checkpoint's folder")
    place = work / CHECKPOINTS / step
    return place if place.is_dir() else None


def is_checkpoint(line: bytes) -> bool:
    """Say whether a line tells of a checkpoint."""
    return bool(msgspec.json.decode(line).get("kind") == "checkpoint")


def relocated(line: bytes, name: Callable[[str], Path | str | None]) -> bytes:
    """Rewrite a line's folder; a checkpoint that has none any more is passed over."""
    if not is_checkpoint(line):
        return line
    told = msgspec.json.decode(line)
    place = name(told["model_dir"])
    moved = {"kind": "passed"} if place is None else told | {"model_dir": str(place)}
    return msgspec.json.encode(moved)


def _checked(line: bytes, work: Path) -> bytes:
    try:
        told = msgspec.json.decode(line, type=dict[str, Any])
        msgspec.convert(told, _SHAPES[told["kind"]])
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise LineError(f"a line is not what a worker tells: {error}") from error
    return relocated(line, lambda name: placed(name, work))
