from pathlib import Path

import pytest
import yaml

from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops
from tests.serve.conftest import Served

JOBS = "/api/llm/fine-tuning/jobs"
ROW = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
GUIDE = {
    "training_data": [ROW] * 10,
    "model": "gpt-4.1-mini-2025-04-14",
    "suffix": "customer-support-v2",
    "hyperparameters": {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 0.1},
    "metadata": {"version": "2.0", "description": "Improved: customer support", "on": "yes"},
}


def test_a_posted_job_becomes_files_that_are_valid(
    one: Served, ftops: Ftops, empty: Checkout
) -> None:
    answer = one.client.post(JOBS, json=GUIDE)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    told = answer.json()
    assert told["error"]["code"] == "declared_not_launched"
    empty.settings()
    for file in told["files"]:
        empty.write(file["path"], file["content"])
    assert told["spec"] == empty.read("specs/customer-support-v2.yaml")
    ran = ftops("validate", "--only", "structure", "customer-support-v2")
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert one.stage.provider.posts == 0
    assert not (Path(empty.root) / ".ftops" / "journal").exists()


@pytest.mark.parametrize(
    ("suffix", "name"),
    [
        pytest.param(None, "my-model", id="none"),
        pytest.param("My Model!", "my-model", id="other characters"),
        pytest.param("auto-retrain-1764000000", "auto-retrain", id="a time, which changes nothing"),
        pytest.param("---", "my-model", id="nothing left"),
        pytest.param("a" * 80, "a" * 63, id="longer than a name"),
    ],
)
def test_the_spec_is_named_by_the_suffix(one: Served, suffix: str | None, name: str) -> None:
    answer = one.client.post(JOBS, json={"model": "gpt-4.1", "suffix": suffix})
    assert answer.json()["files"][0]["path"] == f"specs/{name}.yaml"


def test_rows_may_come_as_text_and_validation_beside_them(one: Served) -> None:
    wanted = {"model": "m", "training_data": '{"a": 1}', "validation_data": [ROW], "seed": 7}
    told = one.client.post(JOBS, json=wanted).json()
    contents = {file["path"]: file["content"] for file in told["files"]}
    assert contents["datasets/my-model.train.jsonl"] == '{"a": 1}\n'
    assert "datasets/my-model.valid.jsonl" in contents
    assert "seed: 7" in told["spec"]


@pytest.mark.parametrize(
    "line", ["a: b\n- c", "x\ny: z", "\u2028", "#", "'", '"', "{}", "null", "1e3", "a\x00b"]
)
def test_no_text_breaks_out_of_its_value(one: Served, line: str) -> None:
    told = one.client.post(JOBS, json={"model": line, "metadata": {line: line}}).json()
    spec = yaml.safe_load(told["spec"])
    assert spec["model"] == line
    assert spec["metadata"] == {line: line}
