"""Which recipe trains a base model; a recipe is imported only when it is needed."""

import importlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from ftops.trainer.recipes.contract import Recipe

NANO = "ftops-nano"

RECIPES: Mapping[str, str] = MappingProxyType(
    {NANO: "ftops.trainer.recipes.nano.recipe:NanoRecipe"}
)
"""Recipe name to `module:attribute`."""

_OPENAI_BASE = re.compile(
    r"(gpt-[a-z0-9]|chatgpt-|o[1-9](-|$)|codex-|computer-use-|babbage-002$|davinci-002$)[a-z0-9._-]*"
)


def recipe_named(name: str, recipes: Mapping[str, str] = RECIPES) -> Recipe:
    """Import and make the recipe of that name; a `KeyError` says that there is none."""
    module, _, attribute = recipes[name].partition(":")
    return cast("Recipe", getattr(importlib.import_module(module), attribute)())


def recipe_for(base_model: str, recipes: Mapping[str, str] = RECIPES) -> str | None:
    """Name the recipe that trains, or in a rehearsal stands in for, a base model."""
    if base_model in recipes:
        return base_model
    if _OPENAI_BASE.fullmatch(base_model) and NANO in recipes:
        return NANO
    return None
