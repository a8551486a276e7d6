import pytest

from ftops.trainer.recipes.registry import RECIPES, recipe_for, recipe_named


@pytest.mark.parametrize(
    ("base", "recipe"),
    [
        pytest.param("ftops-nano", "ftops-nano", id="the recipe itself"),
        pytest.param("gpt-4.1-mini-2025-04-14", "ftops-nano", id="a dated snapshot"),
        pytest.param("gpt-4o-mini", "ftops-nano", id="an alias"),
        pytest.param("gpt-3.5-turbo", "ftops-nano", id="an old one"),
        pytest.param("gpt-6-astra", "ftops-nano", id="a future one"),
        pytest.param("o4-mini-2025-04-16", "ftops-nano", id="a reasoning model"),
        pytest.param("o3", "ftops-nano", id="a short name"),
        pytest.param("davinci-002", "ftops-nano", id="an ancient one"),
        pytest.param("llama-3", None, id="somebody else's"),
        pytest.param("ollama", None, id="a name that starts with o"),
        pytest.param("davinci-002x", None, id="nearly an ancient one"),
        pytest.param("gpt-", None, id="half a name"),
        pytest.param("gpt-4 mini", None, id="a name with a space"),
        pytest.param("", None, id="no name"),
    ],
)
def test_the_base_chooses_the_recipe(base: str, recipe: str | None) -> None:
    assert recipe_for(base, RECIPES) == recipe


def test_without_the_stand_in_nothing_is_stood_in_for() -> None:
    assert recipe_for("gpt-4o", {"mine": "m:A"}) is None
    assert recipe_for("mine", {"mine": "m:A"}) == "mine"


def test_only_registered_recipes_are_imported() -> None:
    with pytest.raises(KeyError):
        recipe_named("os:system")
    made = recipe_named("x", {"x": "tests.trainer.counting_recipe:CountingRecipe"})
    assert made.name == "ftops-nano"
