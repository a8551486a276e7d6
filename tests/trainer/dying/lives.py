"""What is lived: a try, a server told of one, and what keeps a state of open weights."""

from pathlib import Path

from ftops.trainer.checkpoints import drop_old_checkpoints
from ftops.trainer.recipes.contract import Recipe, StepMetrics
from ftops.trainer.recipes.nano.recipe import NanoRecipe
from ftops.trainer.recipes.nano.sizes import Pace, Sizes
from ftops.trainer.recipes.open_weights.base import Base
from ftops.trainer.recipes.open_weights.states import (
    keep_checkpoint,
    newest_state,
    seal,
)
from ftops.trainer.running import worker
from ftops.trainer.running.attempt_folder import AttemptFolder

TINY = Sizes(width=8, layers=1, heads=1, table=64, vocabulary=280, context=32)
BRIEF = Pace(updates=8, preference_updates=4, preference_warm_up=4, ramp=2)
BASE = Base(source="/models/tiny")


def tiny() -> Recipe:
    return NanoRecipe(TINY, BRIEF)


def one_try(root: Path) -> None:
    """Work on the newest try, whichever that is."""
    worker.work(AttemptFolder(max(root.glob("try-*"))))


def saving(root: Path) -> None:
    """Seal the states of two epochs' ends and keep them, going on from the newest whole one."""
    newest = newest_state(root)
    for step in (1, 2, 3, 4):
        metrics = StepMetrics(
            step=step, total_steps=4, epoch=1, train_loss=0.5, train_mean_token_accuracy=0.9
        )
        if newest is None or newest.metrics.step < step:
            folder = root / f"states/checkpoint-{step}"
            folder.mkdir(parents=True)
            for name in ("adapter_model.safetensors", "optimizer.pt"):
                (folder / name).write_text(f"{name} of {step}")
            seal(folder, metrics)
        kept = keep_checkpoint(root / f"states/checkpoint-{step}", root, step, BASE)
        with (root / "reported").open("a") as reported:
            reported.write(f"{kept.name}\n")
        drop_old_checkpoints(root)
