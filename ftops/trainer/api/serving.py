"""Keeps the models asked last in memory."""

import threading
from collections import OrderedDict
from pathlib import Path

from ftops.trainer.ids import base_of
from ftops.trainer.recipes.contract import Model
from ftops.trainer.recipes.registry import recipe_named
from ftops.trainer.settings import Settings
from ftops.trainer.store.records import TunedModel


class LoadedModels:
    """At most `most` models, the one not asked for longest goes first."""

    def __init__(self, root: Path, settings: Settings) -> None:
        """Load from this store, as the settings say."""
        self._root = root
        self._recipes = settings.recipes
        self._bases = settings.bases
        self._most = settings.loaded_models
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, Model] = OrderedDict()

    def get(self, row: TunedModel) -> Model:
        """Return a model, loading it at most once however many ask at once."""
        with self._lock:
            if row.id not in self._loaded:
                recipe = recipe_named(row.recipe, self._recipes)
                self._loaded[row.id] = recipe.load(
                    self._root / row.folder, base=self._bases.get(base_of(row.id), {})
                )
            self._loaded.move_to_end(row.id)
            while len(self._loaded) > self._most:
                self._loaded.popitem(last=False)
            return self._loaded[row.id]

    def drop(self, model_id: str) -> None:
        """Forget a deleted model."""
        with self._lock:
            self._loaded.pop(model_id, None)
