import json
from typing import Any

import pytest

from tests.serve.conftest import Served

ROW = {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}
BASE = "gpt-4.1-mini-2025-04-14"


def rows(count: int) -> str:
    return "\n".join(json.dumps(ROW) for _ in range(count))


def draft(**fields: object) -> dict[str, object]:
    return {"name": "greeter", "model": BASE, "training": rows(10), **fields}


def judged(one: Served, **fields: object) -> Any:  # noqa: ANN401 any JSON
    answer = one.client.post("/new/check", json=draft(**fields))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_good_rows_become_files_and_commands(one: Served) -> None:
    told = judged(one, suffix="hello", hyperparameters={"n_epochs": 2}, validation=rows(2))
    assert told["is_legal"]
    assert [side["examples"] for side in told["sides"]] == [10, 2]
    assert told["trained_tokens"] == 2 * told["sides"][0]["tokens"]
    assert told["usd"] == pytest.approx(told["trained_tokens"] * 5 / 1e6, abs=1e-4)
    assert told["spec"] == (
        "name: greeter\n"
        "model: gpt-4.1-mini-2025-04-14\n"
        "suffix: hello\n"
        "method: supervised\n"
        "hyperparameters:\n  n_epochs: 2\n"
        "dataset:\n"
        "  train: datasets/greeter.train.jsonl\n"
        "  validation: datasets/greeter.valid.jsonl\n"
    )
    assert told["commands"][-1] == "ftops apply greeter"


def test_findings_name_their_line(one: Served) -> None:
    told = judged(one, training=rows(10) + '\n{"messages": []}\nnot json')
    assert not told["is_legal"]
    found = {(each["line"], each["code"]) for each in told["sides"][0]["findings"]}
    assert {(11, "FT030"), (12, "FT001")} <= found


def test_of_many_findings_some_are_shown(one: Served) -> None:
    told = judged(one, training="x\n" * 300)
    (side,) = told["sides"]
    assert len(side["findings"]) == 100
    assert side["omitted"] >= 200


def test_nothing_is_kept_and_nothing_launched(one: Served) -> None:
    judged(one)
    assert one.stage.provider.posts == one.stage.provider.uploads == 0
    assert one.stage.plan().trains[0].desired.name == "triage"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"name": "../../etc/passwd"}, id="a name that is a path"),
        pytest.param({"name": "a\nb"}, id="a name of two lines"),
        pytest.param({"suffix": "Not This"}, id="a suffix with blanks"),
        pytest.param({"hyperparameters": {"n_epochs": 0}}, id="no epoch"),
        pytest.param({"method": "reinforcement"}, id="a method that needs a grader"),
        pytest.param({"training": ""}, id="no rows"),
        pytest.param({"odd": 1}, id="an unknown field"),
    ],
)
def test_a_draft_out_of_bounds_is_refused(one: Served, fields: dict[str, object]) -> None:
    answer = one.client.post("/new/check", json=draft(**fields))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")


def test_too_much_is_refused(one: Served) -> None:
    answer = one.client.post("/new/check", json=draft(training="x" * (16 * 1024 * 1024)))
    assert answer.status_code == 413
