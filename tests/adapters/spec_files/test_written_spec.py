from typing import Any

import pytest
from pydantic import ValidationError

from ftops.adapters.spec_files.written.spec import FineTuneSpec

GRADER = {"type": "string_check"}
LEAST: dict[str, Any] = {
    "name": "triage",
    "model": "gpt-4.1-mini-2025-04-14",
    "dataset": {"train": "a.jsonl"},
}
REINFORCED: dict[str, Any] = {
    "method": "reinforcement",
    "grader": GRADER,
    "dataset": {"train": "a.jsonl", "validation": "b.jsonl"},
}


def parse(**fields: object) -> FineTuneSpec:
    return FineTuneSpec.model_validate({**LEAST, **fields})


def hyper(**values: object) -> dict[str, Any]:
    return {"hyperparameters": values}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="the least a spec says"),
        pytest.param({"name": "9" * 63}, id="a name of 63 characters"),
        pytest.param({"model": {"from": "other"}}, id="from another spec"),
        pytest.param({"suffix": "a" * 64}, id="a suffix of 64 characters"),
        pytest.param({"seed": 0}, id="seed 0"),
        pytest.param({"seed": 2147483647}, id="the greatest seed"),
        pytest.param({"metadata": {str(n): "x" * 512 for n in range(12)}}, id="12 long pairs"),
        pytest.param({"metadata": {"k" * 64: ""}}, id="a key of 64 characters, an empty value"),
        pytest.param({"dataset": {"train": ["a", "b"]}}, id="a list of files"),
        pytest.param({"dataset": {"train": "a", "validation": {"split": 0.1}}}, id="a split"),
        pytest.param(hyper(n_epochs=50, batch_size=256), id="the greatest numbers"),
        pytest.param(hyper(n_epochs="auto"), id="auto"),
        pytest.param(hyper(learning_rate_multiplier=2), id="a whole multiplier"),
        pytest.param({"method": "dpo", **hyper(beta=2)}, id="dpo with beta"),
        pytest.param(REINFORCED, id="reinforcement with a grader"),
        pytest.param(
            {
                **REINFORCED,
                **hyper(
                    reasoning_effort="low", compute_multiplier=1, eval_interval=1, eval_samples=1
                ),
            },
            id="reinforcement with all its own",
        ),
        pytest.param(
            {"integrations": [{"type": "wandb", "wandb": {"project": "p"}}] * 5},
            id="five integrations",
        ),
    ],
)
def test_legal_specs(fields: dict[str, Any]) -> None:
    assert parse(**fields).meant().name == fields.get("name", "triage")


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        pytest.param({"n_epoch": 3}, "n_epoch", "Extra inputs", id="an unknown key"),
        pytest.param(hyper(epochs=3), "hyperparameters.epochs", "Extra inputs", id="a typo"),
        pytest.param({"name": "Triage"}, "name", "match pattern", id="a capital name"),
        pytest.param({"name": "-a"}, "name", "match pattern", id="a name that starts with -"),
        pytest.param({"name": "a" * 64}, "name", "match pattern", id="a name of 64 characters"),
        pytest.param({"name": "a\n"}, "name", "match pattern", id="a name with a line break"),
        pytest.param({"model": ""}, "model", "at least 1", id="no model"),
        pytest.param({"model": {"from": "B!"}}, "model", "match pattern", id="from no name"),
        pytest.param({"suffix": "a" * 65}, "suffix", "1 to 64", id="a suffix of 65"),
        pytest.param({"suffix": ""}, "suffix", "1 to 64", id="an empty suffix"),
        pytest.param({"suffix": "v2\n"}, "suffix", "1 to 64", id="a suffix with a line break"),
        pytest.param({"suffix": "My Bot"}, "suffix", "a-z, 0-9", id="a suffix with a blank"),
        pytest.param({"method": "sft"}, "method", "supervised", id="an unknown method"),
        pytest.param({"seed": -1}, "seed", "greater than", id="a negative seed"),
        pytest.param({"seed": 2147483648}, "seed", "less than", id="a seed too great"),
        pytest.param({"seed": "42"}, "seed", "valid integer", id="a seed in quotes"),
        pytest.param({"generation": 0}, "generation", "greater than", id="generation 0"),
        pytest.param({"dataset": {}}, "dataset.train", "required", id="no training data"),
        pytest.param({"dataset": {"train": []}}, "dataset.train", "at least 1", id="no file"),
        pytest.param({"dataset": {"train": ""}}, "dataset.train", "at least 1", id="an empty path"),
        pytest.param(
            {"dataset": {"train": "a", "validation": {"split": 0.6}}},
            "dataset.validation",
            "less than or equal to 0.5",
            id="more than half held out",
        ),
        pytest.param(hyper(n_epochs=0), "hyperparameters.n_epochs", "greater", id="no epochs"),
        pytest.param(hyper(n_epochs=51), "hyperparameters.n_epochs", "less", id="51 epochs"),
        pytest.param(hyper(n_epochs=3.0), "hyperparameters.n_epochs", "integer", id="3.0 epochs"),
        pytest.param(hyper(n_epochs=True), "hyperparameters.n_epochs", "integer", id="true epochs"),
        pytest.param(hyper(batch_size=257), "hyperparameters.batch_size", "less", id="batch 257"),
        pytest.param(
            hyper(learning_rate_multiplier=0),
            "hyperparameters.learning_rate_multiplier",
            "greater",
            id="a multiplier of nothing",
        ),
        pytest.param(hyper(beta=0.1), "", "beta belongs to method dpo", id="beta without dpo"),
        pytest.param(
            hyper(eval_samples=2), "", "belongs to method reinforcement", id="samples without rl"
        ),
        pytest.param({"grader": GRADER}, "", "grader belongs to", id="a grader without rl"),
        pytest.param(
            {"method": "reinforcement"}, "", "needs a grader", id="reinforcement without grader"
        ),
        pytest.param(
            {"method": "reinforcement", "grader": GRADER},
            "",
            "needs dataset.validation",
            id="reinforcement without validation",
        ),
        pytest.param(
            {"metadata": {str(n): "" for n in range(13)}}, "metadata", "at most 12", id="13 pairs"
        ),
        pytest.param({"metadata": {"a": 2.0}}, "metadata.a", "valid string", id="a number"),
        pytest.param(
            {"metadata": {"": "x"}}, "", "metadata. needs a key of 1 to 64", id="an empty key"
        ),
        pytest.param({"metadata": {"k" * 65: ""}}, "", "needs a key of 1 to 64", id="a key of 65"),
        pytest.param({"metadata": {"a[0]": ""}}, "", "without brackets", id="a bracket"),
        pytest.param({"metadata": {"a": "x" * 513}}, "", "a must be at most 512", id="too long"),
        pytest.param({"metadata": {"ftops_spec": "x"}}, "", "ftops' own", id="a stamp by hand"),
        pytest.param(
            {"integrations": [{"type": "wandb", "wandb": {"project": "p"}}] * 6},
            "integrations",
            "at most 5",
            id="six integrations",
        ),
        pytest.param(
            {"integrations": [{"type": "mlflow"}]}, "integrations.0", "wandb", id="mlflow"
        ),
    ],
)
def test_illegal_specs(fields: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse(**fields)
    found = [(".".join(map(str, one["loc"])), one["msg"]) for one in refused.value.errors()]
    assert any(where.startswith(place) and words in message for where, message in found), found


@pytest.mark.parametrize(
    ("values", "declared"),
    [
        pytest.param({}, {}, id="all auto"),
        pytest.param({"n_epochs": "auto"}, {}, id="auto written out"),
        pytest.param({"n_epochs": 3}, {"n_epochs": 3}, id="a whole number stays one"),
        pytest.param(
            {"learning_rate_multiplier": 2}, {"learning_rate_multiplier": 2.0}, id="a real one"
        ),
    ],
)
def test_declared_hyperparameters(values: dict[str, Any], declared: dict[str, Any]) -> None:
    found = parse(**hyper(**values)).meant().hyperparameters.declared()
    assert found == declared
    assert [type(one) for one in found.values()] == [type(one) for one in declared.values()]


def test_what_a_spec_goes_on_from() -> None:
    assert parse().meant().upstream is None
    assert parse(model={"from": "triage"}).meant().upstream == "triage"


def test_a_spec_cannot_be_edited() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        parse().seed = 1  # type: ignore[misc]  # what mypy forbids is what is tested
