"""Journeys through what must not leave: validate, plan, apply, and `ftops data anonymise`."""

import io
import json
from typing import Final

import pytest

from ftops.dataset.privacy.scanned import NOT_CHECKED
from tests.cli.checkout import Checkout, rows
from tests.cli.scene import Ftops, Scene, document

MAIL: Final = "mira.oldfield@quietharbor-mail.net"
CARD: Final = "4539 1488 0343 6467"
TRAIN: Final = "datasets/triage.train.jsonl"
DECLARED: Final = "datasets/triage.jsonl"
UNCHECKED: Final = "Not checked: names of people, postal addresses and other free text, pictures."


def row(answer: str) -> str:
    turns = [("user", "Where?"), ("assistant", answer)]
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in turns]})


@pytest.fixture
def project(empty: Checkout) -> Checkout:
    """One spec with a card and an address in the last rows of its data."""
    empty.settings(defaults={"target": "openai"})
    empty.write(TRAIN, rows("triage") + row(f"Pay with {CARD}.") + "\n" + row(MAIL) + "\n")
    empty.spec("triage", dataset={"train": TRAIN})
    return empty


def test_privacy_alone_tells_all_and_shows_nothing(project: Checkout, ftops: Ftops) -> None:
    ran = ftops("validate", "--only", "privacy")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "spec    rows  found",
        "triage  12    1 card, 1 email",
        UNCHECKED,
    ]
    talk = " ".join(ran.err.split())
    assert f"{TRAIN}:11: messages[1].content: This looks like a payment card number: 4***" in talk
    assert f"{TRAIN}:12: messages[1].content: This looks like an e-mail address: m***@q" in talk
    assert CARD not in ran.err + ran.out
    assert MAIL not in ran.err + ran.out
    project.write(TRAIN, rows("triage"))
    assert ftops("validate", "--only", "privacy").code == 0


@pytest.mark.usefixtures("project")
def test_privacy_alone_as_json_and_markdown(ftops: Ftops) -> None:
    ran = ftops("validate", "--only", "privacy", "-o", "json")
    told = document(ran)
    assert ran.code == 1
    assert [one["code"] for one in told["problems"]] == ["FT311", "FT351"]
    assert told["privacy"] == {
        "triage": {"rows": 12, "found": {"card": 1, "email": 1}, "model": None}
    }
    assert "names of people" in told["not_checked"]
    ran = ftops("validate", "--only", "privacy", "-o", "markdown")
    assert ran.code == 1
    assert "payment card number" in ran.out
    assert f"\n\n{UNCHECKED}\n" in ran.out


def test_whatever_else_is_told_says_what_nobody_looked_for(project: Checkout, ftops: Ftops) -> None:
    unchecked = list(NOT_CHECKED)
    assert UNCHECKED in ftops("validate", "-o", "markdown").out
    assert document(ftops("validate", "-o", "json"))["not_checked"] == unchecked
    project.write("specs/wrong.yaml", "name: wrong\n")
    assert UNCHECKED in ftops("validate", "-o", "markdown").out
    assert document(ftops("validate", "-o", "json"))["not_checked"] == unchecked
    (project.root / "specs/wrong.yaml").unlink()
    project.write(TRAIN, rows("triage"))
    for shown in (ftops("validate").out, ftops("validate", "-o", "markdown").out):
        assert shown.count("Not checked") == shown.count(UNCHECKED) == 1
    assert document(ftops("validate", "-o", "json"))["not_checked"] == unchecked


@pytest.mark.parametrize("only", ["structure", "tokens"])
@pytest.mark.usefixtures("project")
def test_where_nobody_looks_for_it_nothing_is_said_of_it(ftops: Ftops, only: str) -> None:
    assert document(ftops("validate", "--only", only, "-o", "json"))["not_checked"] is None
    assert "Not checked" not in ftops("validate", "--only", only, "-o", "markdown").out


def test_a_file_that_is_missing_hides_nothing_about_the_others(
    project: Checkout, ftops: Ftops
) -> None:
    project.write(
        "specs/lost.yaml",
        "name: lost\nmodel: gpt-4.1-mini-2025-04-14\ndataset:\n  train: datasets/lost.jsonl\n",
    )
    told = {
        part: [(one["path"], one["line"], one["code"]) for one in problems]
        for part in ("quality", "privacy")
        for problems in [document(ftops("validate", "--only", part, "-o", "json"))["problems"]]
    }
    assert told == {
        "privacy": [(TRAIN, 11, "FT311"), (TRAIN, 12, "FT351"), ("specs/lost.yaml", 3, None)],
        "quality": [
            (TRAIN, 12, "FT203"),
            ("specs/lost.yaml", 3, None),
            ("specs/triage.yaml", 3, "FT215"),
        ],
    }
    every = document(ftops("validate", "-o", "json"))["problems"]
    assert {(one["path"], one["line"], one["code"]) for one in every} == {
        (TRAIN, 11, "FT311"),
        (TRAIN, 12, "FT203"),
        (TRAIN, 12, "FT351"),
        ("specs/lost.yaml", 4, None),
        ("specs/triage.yaml", 3, "FT215"),
    }


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("validate",), 1, id="everything"),
        pytest.param(("validate", "--only", "structure"), 0, id="structure alone"),
        pytest.param(("validate", "--only", "tokens"), 0, id="tokens alone"),
    ],
)
def test_plain_validate_looks_at_privacy_too(
    ftops: Ftops, words: tuple[str, ...], code: int
) -> None:
    ran = ftops(*words)
    assert ran.code == code
    assert ("FT311" in ran.err) is bool(code)


def test_nothing_is_uploaded_while_something_blocks(at: Scene) -> None:
    clean = at.checkout.read(DECLARED)
    at.checkout.write(DECLARED, clean + row(CARD) + "\n")
    ran = at.ftops("apply", "--yes")
    assert ran.code == 1
    assert "FT311" in ran.err
    assert not at.lab.acts
    at.checkout.write(DECLARED, clean + row(MAIL) + "\n")
    ran = at.ftops("plan")
    assert ran.code == 0
    assert "m***@q***.net" in ran.out + ran.err


def test_the_spec_decides(project: Checkout, ftops: Ftops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CARD}\n\n"))
    ran = ftops("data", "allow")
    assert ran.out.startswith("sha256:")
    assert ran.out.endswith("  # card\n")
    project.write("privacy.allow", ran.out)
    privacy = {"allow": "privacy.allow", "block": ["contact"]}
    project.spec("triage", dataset={"train": TRAIN}, privacy=privacy)
    ran = ftops("validate", "--only", "privacy")
    assert ran.code == 1
    assert "FT351" in ran.err
    assert "FT311" not in ran.err
    privacy = {"allow": "privacy.allow", "ignore": ["contact"]}
    project.spec("triage", dataset={"train": TRAIN}, privacy=privacy)
    assert ftops("validate", "--only", "privacy").code == 0


def test_a_misspelt_kind_is_told_with_what_was_meant(project: Checkout, ftops: Ftops) -> None:
    project.spec("triage", dataset={"train": TRAIN}, privacy={"block": ["emial"]})
    ran = ftops("validate")
    assert ran.code == 1
    assert "did you mean email?" in ran.err


@pytest.mark.parametrize("more", [pytest.param("", id="warnings"), pytest.param(CARD, id="errors")])
def test_every_value_is_told_when_asked_for(project: Checkout, ftops: Ftops, more: str) -> None:
    project.write(TRAIN, "".join(row(f"Write to {MAIL} {more}") + "\n" for _ in range(12)))
    few = ftops("validate", "--only", "privacy")
    every = ftops("validate", "--only", "privacy", "--all")
    assert few.code == every.code == (1 if more else 0)
    assert (few.err.count("This looks like an e-mail"), few.err.count("+9 more [FT351]")) == (3, 1)
    assert every.err.count("This looks like an e-mail") == 12
    assert "hint: `ftops validate --all` tells every one" in few.err


@pytest.mark.parametrize(
    ("source", "told"),
    [
        pytest.param(
            "nope.jsonl",
            "nope.jsonl does not exist\nhint: paths start at the folder that you are in",
            id="nothing there",
        ),
        pytest.param(
            "datasets",
            "datasets is a folder\nhint: name its files: datasets/*.jsonl",
            id="a folder",
        ),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_cannot_be_anonymised_is_an_expected_failure(
    ftops: Ftops, source: str, told: str
) -> None:
    ran = ftops("data", "anonymise", source, "clean.jsonl")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: {told}\n"


def test_an_anonymised_copy_trains(project: Checkout, ftops: Ftops) -> None:
    ran = ftops("data", "anonymise", TRAIN, "datasets/clean.jsonl")
    assert ran.code == 0
    assert ran.out.splitlines()[:5] == [
        "kind   replaced",
        "card   1",
        "email  1",
        "",
        "2 rows of 12 written anew.",
    ]
    project.spec("triage", dataset={"train": "datasets/clean.jsonl"})
    assert ftops("validate").code == 0
    again = ftops("data", "anonymise", TRAIN, "datasets/clean.jsonl")
    assert again.code == 1
    assert "datasets/clean.jsonl is there already" in again.err


def test_anonymising_without_a_project(
    empty: Checkout, ftops: Ftops, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.write("raw.jsonl", row(MAIL) + "\n")
    monkeypatch.setenv("PRIVACY_KEY", "k" * 32)
    ran = ftops(
        "data", "anonymise", "raw.jsonl", "a.jsonl", "--key-env", "PRIVACY_KEY", "-o", "json"
    )
    told = document(ran)
    assert (told["rows"], told["rewritten"], told["replaced"]) == (1, 1, {"email": 1})
    ftops("data", "anonymise", "raw.jsonl", "b.jsonl", "--key-env", "PRIVACY_KEY")
    assert empty.read("a.jsonl") == empty.read("b.jsonl") != empty.read("raw.jsonl")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        pytest.param("", "PRIVACY_KEY holds no key", id="no key"),
        pytest.param("short", "of 16 bytes or more", id="too short"),
    ],
)
def test_anonymising_wants_a_real_key(
    empty: Checkout, ftops: Ftops, monkeypatch: pytest.MonkeyPatch, key: str, message: str
) -> None:
    empty.write("raw.jsonl", row(MAIL) + "\n")
    monkeypatch.setenv("PRIVACY_KEY", key)
    ran = ftops("data", "anonymise", "raw.jsonl", "a.jsonl", "--key-env", "PRIVACY_KEY")
    assert ran.code == 1
    assert message in ran.err
    assert not (empty.root / "a.jsonl").exists()


def test_without_a_project_there_is_no_key_of_its_own(empty: Checkout, ftops: Ftops) -> None:
    empty.write("raw.jsonl", row(MAIL) + "\n")
    ran = ftops("data", "anonymise", "raw.jsonl", "a.jsonl")
    assert ran.code == 1
    assert "there is no ftops.yaml" in ran.err
    assert "hint: `--key-env NAME`" in ran.err


def test_nothing_to_replace_is_a_copy(project: Checkout, ftops: Ftops) -> None:
    project.write("raw.jsonl", row("Nothing here.") + "\n")
    ran = ftops("data", "anonymise", "raw.jsonl", "a.jsonl")
    assert ran.out.startswith("0 rows of 1 written anew.")
    assert project.read("a.jsonl") == project.read("raw.jsonl")
