"""Which recipe trains a base model; a recipe is imported only when it is needed."""

import importlib
import re
from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import cast

from ftops.trainer.recipes.contract import Recipe

NANO = "ftops-nano"
OPEN_WEIGHTS = "open-weights"

RECIPES: Mapping[str, str] = MappingProxyType(
    {NANO: "ftops.trainer.recipes.nano.recipe:NanoRecipe"}
)
"""Recipe name to `module:attribute`; each is a base model by that name too."""

_OF_LISTED_BASES: Mapping[str, str] = MappingProxyType(
    {OPEN_WEIGHTS: "ftops.trainer.recipes.open_weights.recipe:OpenWeightsRecipe"}
)
"""The recipes of base models that the server's configuration lists."""

_OPENAI_BASE = re.compile(
    r"(gpt-[a-z0-9]|chatgpt-|o[1-9](-|$)|codex-|computer-use-|babbage-002$|davinci-002$)[a-z0-9._-]*"
)


def recipe_named(name: str, recipes: Mapping[str, str] = RECIPES) -> Recipe:
    """Import and make the recipe of that name; a `KeyError` says that there is none."""
    module, _, attribute = address_of(name, recipes).partition(":")
    return cast("Recipe", getattr(importlib.import_module(module), attribute)())


def address_of(name: str, recipes: Mapping[str, str] = RECIPES) -> str:
    """Return the recipe's `module:attribute`; a `KeyError` says that there is none."""
    return {**_OF_LISTED_BASES, **recipes}[name]


def recipe_for(
    base_model: str, recipes: Mapping[str, str] = RECIPES, listed: Container[str] = ()
) -> str | None:
    """Name the recipe that trains, or in a rehearsal stands in for, a base model."""
    if base_model in recipes:
        return base_model
    if base_model in listed:
        return OPEN_WEIGHTS
    if _OPENAI_BASE.fullmatch(base_model) and NANO in recipes:
        return NANO
    return None
