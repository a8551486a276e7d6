from typing import Any

import pytest

from ftops.core.misfit import Misfit, MisfitError, misfits_of

REINFORCEMENT = "belongs to method reinforcement"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param({}, [], id="nothing written"),
        pytest.param({"method": "sft", "grader": {}}, [], id="a method nobody knows"),
        pytest.param({"hyperparameters": "fast"}, [], id="hyperparameters of the wrong type"),
        pytest.param({"hyperparameters": {"beta": "auto"}}, [], id="auto goes with every method"),
        pytest.param(
            {"hyperparameters": {"beta": 0.1, "eval_samples": 2}, "grader": {}},
            [
                ("hyperparameters.beta", "belongs to method dpo"),
                ("hyperparameters.eval_samples", REINFORCEMENT),
                ("grader", REINFORCEMENT),
            ],
            id="everything of other methods at once",
        ),
        pytest.param(
            {"method": "reinforcement", "dataset": {}},
            [
                ("method", "reinforcement needs a grader"),
                ("method", "reinforcement needs dataset.validation"),
            ],
            id="what reinforcement needs",
        ),
        pytest.param(
            {"method": "reinforcement", "grader": {}, "dataset": "a.jsonl"},
            [],
            id="a dataset of the wrong type is somebody else's finding",
        ),
        pytest.param(
            {"method": "reinforcement", "grader": {}, "dataset": {"validation": "b.jsonl"}},
            [],
            id="a whole reinforcement spec",
        ),
    ],
)
def test_what_does_not_go_with_the_method(
    written: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert [(".".join(one.path), one.message) for one in misfits_of(written)] == found


def test_an_error_tells_every_misfit() -> None:
    error = MisfitError(
        [Misfit(path=("metadata", "a"), message="is long"), Misfit(path=("b",), message="is new")]
    )
    assert str(error) == "metadata.a is long; b is new"
    assert [one.path for one in error.misfits] == [("metadata", "a"), ("b",)]
