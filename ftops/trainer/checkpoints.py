"""A job's checkpoints in its folder: `checkpoints/step-N`, of which the last three are kept."""

import re
import shutil
from pathlib import Path
from typing import Final

CHECKPOINTS: Final = "checkpoints"
KEPT: Final = 3
_NAME: Final = re.compile(r"step-([0-9]{1,9})")


def checkpoint_folder(work: Path, step: int) -> Path:
    """Return where the checkpoint of a step lies."""
    return work / CHECKPOINTS / f"step-{step}"


def is_checkpoint_name(name: str) -> bool:
    """Say whether a checkpoint's folder may have this name."""
    return _NAME.fullmatch(name) is not None


def checkpoints_by_step(work: Path) -> list[Path]:
    """Return the folders of all checkpoints, the oldest first."""
    matched = [(_NAME.fullmatch(each.name), each) for each in (work / CHECKPOINTS).glob("step-*")]
    steps = sorted((int(name.group(1)), each) for name, each in matched if name is not None)
    return [each for _, each in steps]


def drop_old_checkpoints(work: Path, *, ignore_errors: bool = False) -> None:
    """Keep the last three; until the newest is told of, the three before it are the last."""
    for old in checkpoints_by_step(work)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=ignore_errors)
