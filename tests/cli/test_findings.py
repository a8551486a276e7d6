"""`ftops validate` on data with faults: for people, all of them, and for programs."""

import json

import pytest

from tests.cli.checkout import Checkout, rows
from tests.cli.scene import Ftops

TYPO = json.dumps(
    {
        "messages": [
            {"role": "user", "content": "Hello, is anybody there to help me today?"},
            {"role": "assistant", "content": "Yes."},
        ],
        "tool": [],
    }
)
LATE = json.dumps(
    {
        "messages": [
            {"role": "user", "content": "Hello?"},
            {"role": "system", "content": "Be kind."},
            {"role": "assistant", "content": "Good day."},
        ]
    }
)

SHOWN = """\
warning: datasets/triage.jsonl:16:63: messages[1].role: A system message stands in the middle of the
conversation. [FT041]
    …t": "Hello?"}, {"role": "system", "content": "Be kind."}, {"role": "assistan…
                             ^
  hint: Move it to the top; few programs put instructions anywhere else.

error: datasets/triage.jsonl:11:132: tool: The key "tool" is not known here. [FT022]
    …", "content": "Yes."}], "tool": []}
                             ^
  hint: Did you mean "tools"?
error: datasets/triage.jsonl:12:132: tool: The key "tool" is not known here. [FT022]
    …", "content": "Yes."}], "tool": []}
                             ^
  hint: Did you mean "tools"?
error: datasets/triage.jsonl:13:132: tool: The key "tool" is not known here. [FT022]
    …", "content": "Yes."}], "tool": []}
                             ^
  hint: Did you mean "tools"?
  +2 more [FT022] in lines 14, 15

6 findings in 1 file: 5 errors, 1 warning.
hint: `ftops validate --all` tells every one
hint: nothing was uploaded or launched
"""


@pytest.fixture
def faulty(empty: Checkout) -> Checkout:
    """A project whose one file has one mistake five times, and something unwise."""
    empty.settings(defaults={"target": "local"})
    empty.write("datasets/triage.jsonl", rows("triage") + f"{TYPO}\n" * 5 + f"{LATE}\n")
    empty.spec("triage")
    return empty


@pytest.mark.usefixtures("faulty")
def test_people_are_shown_a_few_of_each_code(ftops: Ftops) -> None:
    ran = ftops("validate", "--only", "structure")
    assert (ran.code, ran.out) == (1, "")
    assert "\n".join(line.rstrip() for line in ran.err.split("\n")) == SHOWN


@pytest.mark.usefixtures("faulty")
def test_all_of_them_are_told_when_asked_for(ftops: Ftops) -> None:
    ran = ftops("validate", "--only", "structure", "--all")
    assert ran.code == 1
    assert ran.err.count("[FT022]") == 5
    assert ran.err.endswith("1 warning.\nhint: nothing was uploaded or launched\n")


def test_all_warnings_are_told_when_asked_for(ftops: Ftops, faulty: Checkout) -> None:
    faulty.write("datasets/triage.jsonl", rows("triage") + f"{LATE}\n" * 5)
    few, every = (
        ftops("validate", "--only", "structure"),
        ftops("validate", "--only", "structure", "--all"),
    )
    assert (few.code, every.code) == (0, 0)
    assert (few.err.count("stands in the"), every.err.count("stands in the")) == (3, 5)
    assert "hint: `ftops validate --all` tells every one" in few.err


@pytest.mark.usefixtures("faulty")
def test_json_has_all_of_them_with_column_and_severity(ftops: Ftops) -> None:
    found = json.loads(ftops("validate", "--only", "structure", "-o", "json").out)["problems"]
    assert TYPO.index('"tool"') == 132 - 1
    assert LATE.index('"system"') == 63 - 1
    assert [(one["line"], one["column"], one["severity"]) for one in found] == [
        *((line, 132, "error") for line in range(11, 16)),
        (16, 63, "warning"),
    ]


def test_sarif_names_files_from_the_repository_on(ftops: Ftops, faulty: Checkout) -> None:
    (faulty.root.parent / ".git").mkdir()
    ran = ftops("validate", "--only", "structure", "-o", "sarif")
    assert ran.code == 1
    results = json.loads(ran.out)["runs"][0]["results"]
    assert [one["level"] for one in results] == ["error"] * 5 + ["warning"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results}
    assert uris == {"project/datasets/triage.jsonl"}


@pytest.mark.usefixtures("faulty")
def test_github_is_told_beside_the_lines(ftops: Ftops) -> None:
    ran = ftops("validate", "--only", "structure", "-o", "github")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("::error file=datasets/triage.jsonl,line=11,col=132,title=FT022::")
    assert lines[-1].startswith("::warning file=datasets/triage.jsonl,line=16,")


def test_secrets_are_remarked_without_their_value(ftops: Ftops, faulty: Checkout) -> None:
    card = "4539 1488 0343 6467"
    faulty.write("datasets/triage.jsonl", rows("triage", 9) + rows(f"{card} or", 1))
    ran = ftops("validate", "--only", "privacy", "-o", "github")
    assert ran.code == 1
    assert ran.out.startswith("::error file=datasets/triage.jsonl,line=10")
    assert card not in ran.out
    assert "6467" not in ran.out


def test_of_nothing_github_is_told_nothing(ftops: Ftops, faulty: Checkout) -> None:
    faulty.write("datasets/triage.jsonl", rows("triage", 12))
    assert ftops("validate", "--only", "structure", "-o", "github").out == ""
    sarif = json.loads(ftops("validate", "--only", "structure", "-o", "sarif").out)
    assert sarif["runs"][0]["results"] == []
