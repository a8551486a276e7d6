"""Keeps the models asked last in memory."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from ftops.trainer.recipes.contract import Model
from ftops.trainer.recipes.registry import recipe_named
from ftops.trainer.store.records import TunedModel


class LoadedModels:
    """At most `most` models, the one not asked for longest goes first."""

    def __init__(self, root: Path, recipes: Mapping[str, str], most: int) -> None:
        """Load from this store, with these recipes."""
        self._root = root
        self._recipes = recipes
        self._most = most
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, Model] = OrderedDict()

    def get(self, row: TunedModel) -> Model:
        """Return a model, loading it at most once however many ask at once."""
        with self._lock:
            if row.id not in self._loaded:
                recipe = recipe_named(row.recipe, self._recipes)
                self._loaded[row.id] = recipe.load(self._root / row.folder)
            self._loaded.move_to_end(row.id)
            while len(self._loaded) > self._most:
                self._loaded.popitem(last=False)
            return self._loaded[row.id]

    def drop(self, model_id: str) -> None:
        """Forget a deleted model."""
        with self._lock:
            self._loaded.pop(model_id, None)
