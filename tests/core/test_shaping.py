"""What a spec says about its rows, as one value."""

from typing import Any

import pytest
from pydantic import ValidationError

from ftops.core.shaping import Shaping, shaping_of
from tests.fakes.specs import declared

TRAIN = {"train": "t.jsonl"}


def shaping(
    dataset: dict[str, Any], *, draws: bool = True, seed: int | None = None
) -> Shaping | None:
    return shaping_of(declared(dataset={**TRAIN, **dataset}, seed=seed).spec, draws=draws)


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"validation": {"split": 0.1}}, id="a split alone"),
        pytest.param({"filter": {}}, id="a filter of nothing"),
    ],
)
def test_what_is_not_shaped_has_no_shaping(dataset: dict[str, Any]) -> None:
    assert shaping(dataset, seed=7) is None


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        pytest.param({"system": "Be kind."}, {"system": "Be kind."}, id="a prompt"),
        pytest.param(
            {"filter": {"min_turns": 1, "max_turns": 3, "max_characters": 9}},
            {"min_turns": 1, "max_turns": 3, "max_characters": 9},
            id="bounds",
        ),
        pytest.param(
            {"filter": {"contains": "a", "without": ["b", "c"]}},
            {"contains": ("a",), "without": ("b", "c")},
            id="texts",
        ),
        pytest.param({"sample": {"rows": 5}}, {"sample_rows": 5}, id="rows"),
        pytest.param({"sample": {"share": 0.5}}, {"sample_share": 0.5}, id="a share"),
    ],
)
def test_what_is_written_is_what_is_done(dataset: dict[str, Any], expected: dict[str, Any]) -> None:
    assert shaping(dataset, seed=7) == Shaping(method="supervised", seed=7, **expected)


def test_only_training_draws() -> None:
    both = {"system": "Be kind.", "sample": {"rows": 5}}
    assert shaping(both, draws=False) == Shaping(method="supervised", system="Be kind.")
    assert shaping({"sample": {"rows": 5}}, draws=False) is None


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param({"system": ""}, id="an empty prompt"),
        pytest.param({"filter": {"min_turns": 0}}, id="no turn"),
        pytest.param({"filter": {"contains": []}}, id="no text"),
        pytest.param({"filter": {"max_tokens": 9}}, id="an unknown filter"),
        pytest.param({"sample": {"rows": 0}}, id="no row"),
        pytest.param({"sample": {"share": 1.0}}, id="all of it"),
        pytest.param({"sample": {"rows": 5, "share": 0.5}}, id="both"),
        pytest.param({"sample": 5}, id="a bare number"),
    ],
)
def test_what_makes_no_sense_is_refused(dataset: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shaping(dataset)
