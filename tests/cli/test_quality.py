"""Journeys through `ftops validate --only quality` and `ftops data report`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops, document
from tests.dataset.quality.rows import Json, good, goods

TRAIN: Final = "datasets/t.jsonl"
VALID: Final = "datasets/v.jsonl"


def written(rows: list[Json]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


@pytest.fixture
def project(empty: Checkout) -> Checkout:
    """One spec whose data has a repeat and a leak."""
    empty.settings(defaults={"target": "openai"})
    empty.write(TRAIN, written([*goods(), good(3)]))
    empty.write(VALID, written([good(4)]))
    empty.spec("triage", dataset={"train": TRAIN, "validation": VALID})
    return empty


TALK: Final = """\
warning: datasets/t.jsonl:61: 1 repeat of other rows: lines 4 and 61. [FT201]
  hint: Keep one of each; what stands there twice is learned twice as hard.

warning: datasets/v.jsonl:1: 1 validation row with a prompt of training: line 1. [FT205]
  hint: Take them out of one of the two; a loss on known rows measures memory.

2 findings in 2 files.
"""


@pytest.mark.usefixtures("project")
def test_quality_alone(ftops: Ftops) -> None:
    ran = ftops("validate", "--only", "quality")
    assert ran.code == 0
    assert "\n".join(line.rstrip() for line in ran.err.splitlines()) + "\n" == TALK
    assert [line.split() for line in ran.out.splitlines() if line.strip()] == [
        ["quality", "rows", "repeats", "near", "conflicts", "leaks", "tokens", "a", "row"],
        ["triage", "61", "1", "0", "0", "1", *ran.out.split()[-5:]],
    ]


@pytest.mark.usefixtures("project")
def test_validate_warns_and_stays_valid(ftops: Ftops) -> None:
    told = document(ftops("validate", "-o", "json"))
    assert told["valid"] is True
    assert [one["code"] for one in told["problems"]] == ["FT201", "FT205"]
    figures = told["quality"]["triage"]
    assert figures["training"]["repeats"][0]["places"][1] == {"file": TRAIN, "line": 61}
    assert figures["leaks"] == {"rows": 1, "leaked_rows": 1, "nearly_leaked_rows": 0}
    assert "| `triage` | 61 | 1 | 0 | 0 | 1 |" in ftops("validate", "-o", "markdown").out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("only", ["structure", "tokens"])
def test_the_other_parts_say_nothing_of_quality(ftops: Ftops, only: str) -> None:
    told = document(ftops("validate", "--only", only, "-o", "json"))
    assert (told["problems"], told["quality"]) == ([], {})


def test_what_is_illegal_hides_nothing_unwise(ftops: Ftops, project: Checkout) -> None:
    rows = [*goods(), good(3), {"messages": [{"role": "user", "content": "?"}]}]
    project.write(TRAIN, written(rows))
    told = document(ftops("validate", "-o", "json"))
    assert told["valid"] is False
    assert [one["code"] for one in told["problems"]] == ["FT201", "FT032", "FT205"]


def test_data_that_is_not_there_is_told_once(ftops: Ftops, project: Checkout) -> None:
    (project.root / TRAIN).unlink()
    told = document(ftops("validate", "-o", "json"))
    assert [one["message"] for one in told["problems"]] == [f"{TRAIN} does not exist"]


@pytest.mark.usefixtures("project")
def test_quality_alone_as_json(ftops: Ftops) -> None:
    told = document(ftops("validate", "--only", "quality", "-o", "json"))
    assert [one["code"] for one in told["problems"]] == ["FT201", "FT205"]
    assert list(told["quality"]) == ["triage"]


def test_quality_of_data_that_is_not_there(ftops: Ftops, project: Checkout) -> None:
    (project.root / VALID).unlink()
    ran = ftops("validate", "--only", "quality")
    assert ran.code == 1
    assert "specs/triage.yaml:3: datasets/v.jsonl does not exist" in ran.err


def test_plans_stay_quick() -> None:
    code = "import sys, ftops.cli.plan, ftops.wiring.workplace; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"rensa", "ftops.dataset.quality.assess"} & set(done.stdout.split())


def test_a_report_needs_no_project(ftops: Ftops, empty: Checkout) -> None:
    empty.write("t.jsonl", written([*goods(), good(3)]))
    ran = ftops("data", "report", "t.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("t.jsonl\nrows               61\n")
    assert "t.jsonl:61: 1 repeat of other rows: lines 4 and 61. [FT201]" in ran.out


def test_a_report_for_scripts(ftops: Ftops, empty: Checkout) -> None:
    empty.write("t.jsonl", written(goods()))
    empty.write("v.jsonl", written([good(4)]))
    told = document(ftops("data", "report", "t.jsonl", "-v", "v.jsonl", "-o", "json"))
    assert (told["files"], told["method"], told["legal"]) == (["t.jsonl"], "supervised", True)
    assert told["quality"]["leaks"]["leaked_rows"] == 1


@pytest.mark.parametrize(
    ("output", "begin"),
    [
        pytest.param("html", "<!doctype html>\n", id="a page"),
        pytest.param("json", '{\n  "format_version": 1,\n', id="JSON"),
        pytest.param("text", "t.jsonl\nrows               60\n", id="text"),
    ],
)
def test_a_report_into_a_file(ftops: Ftops, empty: Checkout, output: str, begin: str) -> None:
    empty.write("t.jsonl", written(goods()))
    ran = ftops("data", "report", "t.jsonl", "-o", output, "--out", "report")
    assert (ran.code, ran.out, ran.err) == (0, "", "written: report\n")
    assert empty.read("report").startswith(begin)


def test_a_page_on_standard_output(ftops: Ftops, empty: Checkout) -> None:
    empty.write("t.jsonl", written(goods()))
    ran = ftops("data", "report", "t.jsonl", "-o", "html")
    assert ran.out.startswith("<!doctype html>")
    assert ran.out.endswith("</html>\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("none.jsonl",), "none.jsonl does not exist", id="no such file"),
        pytest.param((".",), ". is a folder", id="a folder"),
        pytest.param(("t.jsonl", "--out", "no/where.html"), "cannot be written", id="no folder"),
    ],
)
def test_a_report_that_cannot_be_made(
    ftops: Ftops, empty: Checkout, words: tuple[str, ...], told: str
) -> None:
    empty.write("t.jsonl", written(goods()))
    ran = ftops("data", "report", *words)
    assert ran.code == 1
    assert told in ran.err


def test_a_file_that_breaks_while_it_is_read(
    ftops: Ftops, empty: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.write("t.jsonl", written(goods()))

    def fail(*_: object, **__: object) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("ftops.adapters.dataset_files.report.check_files", fail)
    ran = ftops("data", "report", "t.jsonl")
    assert (ran.code, ran.err) == (1, "error: the data cannot be read: Input/output error\n")


def test_a_report_tells_what_must_not_leave_and_shows_none_of_it(
    ftops: Ftops, empty: Checkout
) -> None:
    card = "5425 2334 3010 9903"
    rows = goods()
    rows[7]["messages"][0]["content"] += f" my card {card}"
    rows[8]["messages"][0]["content"] += " write to mira@oldfield.org"
    empty.write(TRAIN, written(rows))
    text = ftops("data", "report", TRAIN)
    assert text.code == 0
    assert "personal data and secrets: 1 card, 1 email\n" in text.out
    assert "Not checked: names of people" in text.out
    page = ftops("data", "report", TRAIN, "-o", "html").out
    assert "legal, but 1 private value must not leave" in page
    told = document(ftops("data", "report", TRAIN, "-o", "json"))
    assert told["privacy"] == {"card": 1, "email": 1}
    assert [(one["line"], one["severity"]) for one in told["problems"]] == [
        (8, "error"),
        (9, "warning"),
    ]
    for shown in (text.out, page, json.dumps(told)):
        assert card not in shown
        assert "oldfield" not in shown


def test_a_report_counts_as_stats_do(ftops: Ftops, empty: Checkout) -> None:
    empty.write(TRAIN, written(goods()))
    asked = (TRAIN, "--model", "gpt-4.1-mini-2025-04-14", "-o", "json")
    report, stats = (document(ftops("data", verb, *asked)) for verb in ("report", "stats"))
    assert report["tokens"] == stats["tokens"]["total"]
    assert report["tokens_exact"] is stats["tokens_exact"] is True
    spread = report["quality"]["training"]["tokens"]
    assert [spread[key] for key in ("least", "most")] == [
        stats["tokens"][key] for key in ("least", "most")
    ]


@pytest.mark.parametrize(
    ("only", "codes"),
    [
        pytest.param((), ["FT201", "FT032", "FT205", None], id="all"),
        pytest.param(("--only", "structure"), ["FT032", None], id="structure"),
        pytest.param(("--only", "quality"), ["FT201", "FT205", None], id="quality"),
    ],
)
def test_a_spec_with_a_slip_hides_nothing_about_the_data_of_others(
    ftops: Ftops, project: Checkout, only: tuple[str, ...], codes: list[str | None]
) -> None:
    project.write(TRAIN, written([*goods(), good(3), {"messages": [good(0)["messages"][0]]}]))
    project.write("specs/slip.yaml", "name: slip\nmodle: gpt\n")
    ran = ftops("validate", *only, "-o", "json")
    assert ran.code == 1
    told = [one for one in document(ran)["problems"] if one["path"] != "specs/slip.yaml"]
    assert [one["code"] for one in told] == codes[:-1]
    assert [one["path"] for one in document(ran)["problems"]].count("specs/slip.yaml") >= 1


def test_two_specs_of_one_name_and_data_that_is_gone(ftops: Ftops, project: Checkout) -> None:
    text = project.read("specs/triage.yaml")
    project.write("specs/again.yaml", text)
    project.write(
        "specs/lost.yaml", text.replace("triage", "lost", 1).replace(TRAIN, "datasets/no")
    )
    told = document(ftops("validate", "lost", "-o", "json"))["problems"]
    assert any("is taken" in one["message"] for one in told)
    assert [one["path"] for one in told].count("specs/lost.yaml") == 1
