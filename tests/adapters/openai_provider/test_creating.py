"""What one creation request says."""

import json
import threading
from typing import Any

import pytest

from tests.adapters.openai_provider.builders import always, job_body, wired
from tests.fakes.specs import desired, order, stamp

GRADER = {"type": "string_check", "name": "same", "operation": "eq", "input": "a", "reference": "a"}


def sent(**spec: object) -> dict[str, Any]:
    one = wired(always(200, job_body()))
    one.provider.create_job(order(desired(**spec)))  # type: ignore[arg-type] # any field of a spec
    body: dict[str, Any] = json.loads(one.asked[0].content)
    return body


@pytest.mark.parametrize(
    ("spec", "method"),
    [
        pytest.param({}, {"type": "supervised"}, id="every auto is left to the provider"),
        pytest.param(
            {"hyperparameters": {"n_epochs": 3, "batch_size": "auto"}},
            {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
            id="what is declared is said",
        ),
        pytest.param(
            {"method": "dpo", "hyperparameters": {"beta": 0.1}},
            {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}},
            id="preferences",
        ),
        pytest.param(
            {
                "method": "reinforcement",
                "grader": GRADER,
                "dataset": {"train": "a.jsonl", "validation": "b.jsonl"},
            },
            {"type": "reinforcement", "reinforcement": {"grader": GRADER}},
            id="a grader",
        ),
    ],
)
def test_the_method_says_only_what_was_declared(
    spec: dict[str, object], method: dict[str, object]
) -> None:
    assert sent(**spec)["method"] == method


def test_a_plain_spec_says_nothing_that_nobody_declared() -> None:
    wanted = desired()
    assert sent() == {
        "model": wanted.root_model,
        "training_file": "file-1",
        "method": {"type": "supervised"},
        "metadata": stamp(wanted),
    }


def test_suffix_seed_integrations_and_metadata_are_said() -> None:
    spec = {
        "suffix": "triage-v2",
        "seed": 0,
        "metadata": {"team": "support"},
        "integrations": [{"type": "wandb", "wandb": {"project": "tunes"}}],
    }
    said = sent(**spec)
    assert (said["suffix"], said["seed"]) == ("triage-v2", 0)
    assert said["integrations"] == [{"type": "wandb", "wandb": {"project": "tunes"}}]
    assert said["metadata"]["team"] == "support"


def test_the_target_adds_its_own_words_and_the_order_its_key() -> None:
    one = wired(always(200, job_body()), extra_body={"trainingType": "Standard"})
    wanted = order()
    one.provider.create_job(wanted)
    assert json.loads(one.asked[0].content)["trainingType"] == "Standard"
    assert one.asked[0].headers["Idempotency-Key"] == wanted.idempotency_key


def test_several_threads_share_one_client() -> None:
    one = wired(always(200, job_body()))
    threads = [
        threading.Thread(target=one.provider.create_job, args=(order(desired(f"spec-{number}")),))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(one.asked) == len(threads)
