import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops
from tests.serve.conftest import Served
from tests.trainer.conftest import serving
from tests.trainer.counting_settings import counting
from tests.trainer.rows import chat_rows

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


OPENAI = {
    "training_file": "file-abc123",
    "validation_file": "file-def456",
    "model": "gpt-4.1-mini-2025-04-14",
    "suffix": "tone",
    "method": {
        "type": "dpo",
        "dpo": {"hyperparameters": {"beta": 0.2}},
        "supervised": {"hyperparameters": {"beta": 9}},
    },
    "hyperparameters": {"n_epochs": 2, "beta": 0.1},
}


def test_an_uploaded_file_is_fetched_and_never_an_empty_one_committed(one: Served) -> None:
    told = one.client.post(JOBS, json=OPENAI).json()
    assert [file["path"] for file in told["files"]] == ["specs/tone.yaml"]
    fetched = [shlex.split(command) for command in told["commands"] if command.startswith("curl")]
    assert [(words[4], words[-1].rpartition("/v1}")[2]) for words in fetched] == [
        ("datasets/tone.train.jsonl", "/files/file-abc123/content"),
        ("datasets/tone.valid.jsonl", "/files/file-def456/content"),
    ]
    assert told["commands"].index("ftops validate tone") == len(fetched)
    assert "datasets/tone.train.jsonl datasets/tone.valid.jsonl" in told["commands"][-2]
    assert "fetch the uploaded data" in told["error"]["hint"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_fetching_command_gets_the_bytes(
    one: Served, ftops: Ftops, empty: Checkout, tmp_path: Path
) -> None:
    rows = chat_rows(10)
    empty.settings()
    with serving(counting(tmp_path)) as client:
        kept = client.files.create(file=("a.jsonl", rows), purpose="fine-tune")
        wanted = {"model": GUIDE["model"], "training_file": kept.id, "suffix": "tone"}
        told = one.client.post(JOBS, json=wanted).json()
        empty.write(told["files"][0]["path"], told["files"][0]["content"])
        address = str(client.base_url).rstrip("/")
        subprocess.run(
            [
                *("env", "OPENAI_API_KEY=any", f"OPENAI_BASE_URL={address}"),
                *("bash", "-c", told["commands"][0]),
            ],
            cwd=empty.root,
            check=True,
        )
    assert (Path(empty.root) / "datasets/tone.train.jsonl").read_bytes() == rows
    ran = ftops("validate", "--only", "structure", "tone")
    assert (ran.code, ran.err) == (0, ""), ran.err


def test_the_method_and_its_own_settings_are_declared(one: Served) -> None:
    spec = yaml.safe_load(one.client.post(JOBS, json=OPENAI).json()["spec"])
    assert spec["method"] == "dpo"
    assert spec["hyperparameters"] == {"n_epochs": 2, "beta": 0.2}
    grader = {"type": "string_check", "name": "g", "input": "a", "reference": "b"}
    judged = {"type": "reinforcement", "reinforcement": {"grader": grader}}
    told = one.client.post(JOBS, json={"model": "o4-mini", "method": judged}).json()
    spec = yaml.safe_load(told["spec"])
    assert (spec["method"], spec["grader"]) == ("reinforcement", grader)


@pytest.mark.parametrize("rows", [None, [], ""])
def test_a_job_without_data_says_where_the_rows_belong(one: Served, rows: object) -> None:
    told = one.client.post(JOBS, json={"model": "m", "training_data": rows}).json()
    assert [file["path"] for file in told["files"]] == ["specs/my-model.yaml"]
    assert "rows into datasets/my-model.train.jsonl" in told["error"]["hint"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"training_file": "$(rm -rf ~)"}, id="a command for an id"),
        pytest.param({"training_file": "../secret"}, id="a path for an id"),
        pytest.param({"method": {"type": "magic"}}, id="an unknown method"),
    ],
)
def test_what_cannot_be_declared_is_refused(one: Served, change: dict[str, object]) -> None:
    answer = one.client.post(JOBS, json=OPENAI | change)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")
