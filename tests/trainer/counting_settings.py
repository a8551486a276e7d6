"""Settings of a server that counts instead of training.

Apart from the fixtures: a server started as a process of its own, and killed again and again, needs
neither pytest nor the official client, whose imports take most of its start.
"""

from pathlib import Path

from ftops.trainer.recipes.registry import NANO
from ftops.trainer.settings import Settings

COUNTING = {NANO: "tests.trainer.counting_recipe:CountingRecipe"}


def counting(folder: Path) -> Settings:
    return Settings(store=folder / "store", recipes=COUNTING, max_running=2, tick_seconds=0.02)
