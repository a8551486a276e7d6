from typing import Any

import pytest

from ftops.core.difference import differences


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param({"seed": 1}, {"seed": 1}, [], id="nothing"),
        pytest.param({"seed": 1}, {"seed": 2}, [("seed", 1, 2)], id="a value"),
        pytest.param({}, {"seed": 2}, [("seed", None, 2)], id="a new field"),
        pytest.param({"seed": 1}, {}, [("seed", 1, None)], id="a field less"),
        pytest.param(
            {"hyperparameters": {"n_epochs": 3}},
            {"hyperparameters": {}},
            [("hyperparameters.n_epochs", 3, "auto")],
            id="an absent hyperparameter is auto",
        ),
        pytest.param(
            {"hyperparameters": {}},
            {"hyperparameters": {"n_epochs": "auto"}},
            [],
            id="auto written out is no difference",
        ),
        pytest.param(
            {"model": "gpt"},
            {"model": {"from": "ab"}},
            [("model", "gpt", None), ("model.from", None, "ab")],
            id="a base that becomes a chain",
        ),
        pytest.param(
            {"b": 1, "a": {"y": 1, "x": 1}},
            {"b": 2, "a": {"y": 2, "x": 2}},
            [("a.x", 1, 2), ("a.y", 1, 2), ("b", 1, 2)],
            id="by name",
        ),
    ],
)
def test_differences(
    old: dict[str, Any], new: dict[str, Any], found: list[tuple[str, Any, Any]]
) -> None:
    assert [(one.field, one.old, one.new) for one in differences(old, new)] == found
