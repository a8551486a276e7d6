"""What a fit leaves on disk: states to resume from, and checkpoints to answer from."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ftops.trainer.checkpoints import checkpoint_folder
from ftops.trainer.durable import sync
from ftops.trainer.recipes.contract import StepMetrics
from ftops.trainer.recipes.open_weights.base import Base, plain_base, read_base

DESCRIPTION: Final = "ftops.json"
FORMAT: Final = 1
_WHOLE: Final = "whole.json"
_STATES: Final = "states"
_STATE: Final = "checkpoint-"
_NOT_SERVED: Final = frozenset(
    {_WHOLE, "optimizer.pt", "scheduler.pt", "trainer_state.json", "training_args.bin", "scaler.pt"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A whole state of a running fit, and what its last step measured."""

    path: Path
    metrics: StepMetrics


def states_folder(work: Path) -> Path:
    """Return where the trainer writes its states."""
    return work / _STATES


def seal(folder: Path, metrics: StepMetrics) -> None:
    """Say of a state that all of it is on disk; nothing is resumed from one without this seal."""
    sync_tree(folder)
    staging = folder / f".{_WHOLE}"
    staging.write_text(json.dumps(asdict(metrics)), encoding="utf-8")
    sync(staging)
    staging.replace(folder / _WHOLE)
    sync(folder)
    sync(folder.parent)


def newest_state(work: Path) -> State | None:
    """Return the newest whole state, dropping what a crash left half written."""
    found: list[State] = []
    for folder in sorted(states_folder(work).glob(f"{_STATE}*")):
        metrics = _sealed(folder)
        if metrics is None:
            shutil.rmtree(folder)
        else:
            found.append(State(path=folder, metrics=metrics))
    return max(found, key=lambda state: state.metrics.step, default=None)


def keep_checkpoint(state: Path, work: Path, step: int, base: Base) -> Path:
    """Copy what answers out of a state, whole or not at all.

    With LoRA that is the adapter folder of peft, which vLLM takes as it is.
    """
    folder = checkpoint_folder(work, step)
    if folder.exists():
        return folder
    staging = folder.with_name(f".{folder.name}")
    shutil.rmtree(staging, ignore_errors=True)
    shutil.copytree(state, staging, ignore=_not_served)
    described = {"recipe": "open-weights", "format": FORMAT, "base": plain_base(base)}
    (staging / DESCRIPTION).write_text(json.dumps(described, indent=2), encoding="utf-8")
    sync_tree(staging)
    staging.rename(folder)
    sync(folder.parent)
    return folder


def described_base(model_dir: Path) -> Base:
    """Return the base that a checkpoint was tuned from."""
    text = (model_dir / DESCRIPTION).read_text(encoding="utf-8")
    plain: Mapping[str, Any] = json.loads(text)
    return read_base(plain["base"])


def sync_tree(folder: Path) -> None:
    """Put every file below the folder on disk, and the folders' own entries."""
    for each in folder.rglob("*"):
        sync(each)
    sync(folder)


def _sealed(folder: Path) -> StepMetrics | None:
    try:
        return StepMetrics(**json.loads((folder / _WHOLE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _not_served(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in _NOT_SERVED or name.startswith("rng_state")}
