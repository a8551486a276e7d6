from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ftops.core.cost import Tariff
from ftops.core.desired import (
    Desired,
    in_dependency_order,
    pin,
    training_fingerprint,
    twins_among,
)
from ftops.core.names import ModelId, TargetName
from ftops.core.observed import STAMP_PROJECT
from ftops.errors import SpecError
from tests.fakes.specs import BASE, TARGET, declared, desired, pins

GRADER = {"type": "string_check", "name": "exact", "operation": "eq"}
WANDB = {"type": "wandb", "wandb": {"project": "tunes"}}


def reinforced(**grader: object) -> Desired:
    """Return a pinned reinforcement spec, which needs a grader and validation data."""
    dataset = {"train": "a.jsonl", "validation": "b.jsonl"}
    spec = declared("triage", method="reinforcement", dataset=dataset, grader={**GRADER, **grader})
    return pin(spec, pins("triage", "held out"), target=TARGET, tariff=Tariff())


def going_on(upstream: Desired) -> Desired:
    return desired("tone", upstream=upstream)


def with_suffix_identity(identity: str, suffix: str) -> Desired:
    one = replace(declared("triage", suffix=suffix), suffix_identity=identity)
    return pin(one, pins("triage"), target=TARGET, tariff=Tariff())


def held_out(rows: str) -> Desired:
    return pin(declared("triage"), pins("triage", rows), target=TARGET, tariff=Tariff())


def tuned(**hyperparameters: object) -> Desired:
    return desired("triage", hyperparameters=hyperparameters)


PLAIN = desired("triage")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(desired("other", rows="triage"), PLAIN, True, id="name"),
        pytest.param(desired("triage", metadata={"a": "b"}), PLAIN, True, id="metadata"),
        pytest.param(desired("triage", integrations=[WANDB]), PLAIN, True, id="integrations"),
        pytest.param(desired("triage", target=TargetName("local")), PLAIN, True, id="target"),
        pytest.param(
            desired("triage", dataset={"train": "moved.jsonl"}),
            PLAIN,
            True,
            id="dataset.train: a path to the same bytes",
        ),
        pytest.param(tuned(n_epochs="auto"), PLAIN, True, id="hyperparameters: auto and absent"),
        pytest.param(
            tuned(learning_rate_multiplier=1),
            tuned(learning_rate_multiplier=1.0),
            True,
            id="hyperparameters: 1 and 1.0",
        ),
        pytest.param(
            with_suffix_identity("v-{{ git.sha }}", "v-abc"),
            with_suffix_identity("v-{{ git.sha }}", "v-def"),
            True,
            id="suffix: another rendering of one volatile template",
        ),
        pytest.param(
            going_on(desired("first", rows="same")),
            going_on(desired("renamed", rows="same")),
            True,
            id="model: from a renamed spec",
        ),
        pytest.param(desired("triage", model="davinci-002"), PLAIN, False, id="model"),
        pytest.param(
            going_on(desired("first", seed=1)),
            going_on(desired("first", seed=2)),
            False,
            id="model: from a spec that trains otherwise",
        ),
        pytest.param(desired("triage", method="dpo"), PLAIN, False, id="method"),
        pytest.param(tuned(n_epochs=3), PLAIN, False, id="hyperparameters.n_epochs"),
        pytest.param(tuned(batch_size=8), tuned(batch_size=9), False, id="hyperparameters: value"),
        pytest.param(desired("triage", suffix="v2"), PLAIN, False, id="suffix"),
        pytest.param(
            with_suffix_identity("a-{{ now }}", "same"),
            with_suffix_identity("b-{{ now }}", "same"),
            False,
            id="suffix: another volatile template",
        ),
        pytest.param(desired("triage", seed=0), PLAIN, False, id="seed: 0 and absent"),
        pytest.param(desired("triage", generation=2), PLAIN, False, id="generation"),
        pytest.param(desired("triage", rows="edited"), PLAIN, False, id="dataset.train: bytes"),
        pytest.param(held_out("more"), PLAIN, False, id="dataset.validation"),
        pytest.param(held_out("more"), held_out("else"), False, id="dataset.validation: bytes"),
        pytest.param(reinforced(), reinforced(operation="ne"), False, id="grader"),
    ],
)
def test_what_the_fingerprint_covers(one: Desired, other: Desired, *, same: bool) -> None:
    assert (one.fingerprint == other.fingerprint) is same


def test_the_fingerprint_is_a_promise_across_versions() -> None:
    inputs = {"model": "gpt-4.1-mini-2025-04-14", "dataset": {"train": "0" * 64}}
    assert training_fingerprint(inputs) == (
        "22dc7e3d1fb3ad895194c3eafe47fbba8cf530a002f4e49dc3c4daa699d3d253"
    )


def test_the_inputs_are_spelled_out() -> None:
    wanted = pin(
        declared("triage", suffix="v2", seed=42, hyperparameters={"n_epochs": 3}),
        pins("rows", "held out"),
        target=TARGET,
        tariff=Tariff(),
    )
    assert wanted.pins.validation is not None
    assert wanted.inputs == {
        "model": BASE,
        "method": "supervised",
        "hyperparameters": {"n_epochs": 3},
        "suffix": "v2",
        "seed": 42,
        "generation": 1,
        "dataset": {
            "train": wanted.pins.training.digest,
            "validation": wanted.pins.validation.digest,
        },
    }


@pytest.mark.parametrize(
    ("spec", "epochs", "assumed", "usd"),
    [
        pytest.param({"hyperparameters": {"n_epochs": 4}}, 4, False, 0.1, id="declared epochs"),
        pytest.param({}, 3, True, 0.075, id="auto: the cookbook's rule"),
        pytest.param({"model": "nobody-knows"}, 3, True, None, id="no price is known"),
    ],
)
def test_what_a_training_is_expected_to_bill(
    spec: dict[str, Any], epochs: int, *, assumed: bool, usd: float | None
) -> None:
    estimate = desired("triage", **spec).estimate
    assert (estimate.epochs, estimate.epochs_are_assumed, estimate.usd) == (epochs, assumed, usd)
    assert (estimate.tokens_per_epoch, estimate.exact) == (5_000, True)


def test_a_chain_is_charged_like_its_root() -> None:
    middle = going_on(desired("first", model="davinci-002"))
    end = desired("end", upstream=middle)
    assert end.root_model == ModelId("davinci-002")
    assert end.estimate.usd == Tariff().cost("davinci-002", end.estimate.trained_tokens)


@pytest.mark.parametrize(
    ("metadata", "volatile", "recorded", "matches"),
    [
        pytest.param({"a": "1"}, set(), {"a": "1"}, True, id="the same"),
        pytest.param({"a": "1"}, set(), {"a": "2"}, False, id="another value"),
        pytest.param({"a": "1"}, set(), {}, False, id="a new key"),
        pytest.param({}, set(), {"a": "1"}, False, id="a key less"),
        pytest.param({"a": "1"}, {"a"}, {"a": "2"}, True, id="another volatile value"),
        pytest.param({"a": "1"}, {"a"}, {}, False, id="a new volatile key"),
    ],
)
def test_whether_recorded_metadata_is_the_declared(
    metadata: dict[str, str], volatile: set[str], recorded: dict[str, str], *, matches: bool
) -> None:
    one = replace(declared(metadata=metadata), volatile_metadata=frozenset(volatile))
    wanted = pin(one, pins(), target=TARGET, tariff=Tariff())
    assert wanted.metadata_matches(recorded) is matches


def test_volatile_metadata_is_recorded_as_it_was_at_launch() -> None:
    spec = declared(metadata={"commit": "now", "note": "edited", "new": "now"})
    one = replace(spec, volatile_metadata=frozenset({"commit", "new"}))
    wanted = pin(one, pins(), target=TARGET, tariff=Tariff())
    launched_with = {"commit": "then", "note": "old", STAMP_PROJECT: "acme"}
    assert wanted.metadata_to_record(launched_with) == {
        "commit": "then",
        "note": "edited",
        "new": "now",
    }


def test_a_spec_comes_after_the_one_it_goes_on_from() -> None:
    specs = [
        declared("a", model={"from": "b"}),
        declared("b", model={"from": "z"}),
        declared("c"),
        declared("z"),
    ]
    assert [one.name for one in in_dependency_order(specs)] == ["z", "b", "a", "c"]


@pytest.mark.parametrize(
    ("models", "message"),
    [
        pytest.param({"a": "a"}, "these specs go on from each other: a → a", id="itself"),
        pytest.param(
            {"a": "b", "b": "c", "c": "b"},
            "these specs go on from each other: b → c → b",
            id="a circle behind a way in",
        ),
        pytest.param({"a": "x"}, "a: goes on from 'x', which no spec declares", id="nobody"),
    ],
)
def test_a_chain_without_a_beginning_is_refused(models: dict[str, str], message: str) -> None:
    specs = [declared(name, model={"from": upstream}) for name, upstream in models.items()]
    with pytest.raises(SpecError) as refused:
        in_dependency_order(specs)
    assert refused.value.problems[0].message == message
    assert refused.value.hint


def test_every_missing_upstream_is_told_at_once() -> None:
    specs = [declared("a", model={"from": "x"}), declared("b", model={"from": "y"})]
    with pytest.raises(SpecError) as refused:
        in_dependency_order(specs)
    assert [one.place for one in refused.value.problems] == ["specs/a.yaml:1", "specs/b.yaml:1"]


def test_twins_are_found() -> None:
    first, second, third = (desired(name, rows="same") for name in ("a", "b", "c"))
    found = twins_among([first, desired("other"), second, third])
    assert [one.message for one in found] == [
        "a and b declare the very same training",
        "a and c declare the very same training",
    ]
    assert found[0].place == "specs/b.yaml:1"


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: [PLAIN, desired("other")], id="other data"),
        pytest.param(
            lambda: [PLAIN, desired("other", rows="triage", target=TargetName("local"))],
            id="another target",
        ),
        pytest.param(lambda: [PLAIN, PLAIN], id="one spec met twice"),
    ],
)
def test_these_are_no_twins(make: Callable[[], list[Desired]]) -> None:
    assert twins_among(make()) == ()
