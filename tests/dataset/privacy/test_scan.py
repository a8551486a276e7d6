"""Findings: severity by the spec, places, caps, and never the value."""

import io
import json
from dataclasses import replace

import pytest

from ftops.core.privacy import Kind, Response, responses
from ftops.dataset.finding import MEANINGS, PRIVACY, Code, Severity
from ftops.dataset.privacy import scan as scan_module
from ftops.dataset.privacy.allow import line_for, read_allowed
from ftops.dataset.privacy.scan import CODE_OF, scan_files
from ftops.dataset.privacy.scanned import Rules
from ftops.dataset.privacy.sighting import Sighting
from ftops.dataset.privacy.values import more_of, sha256, singular

RULES = Rules(responses=tuple(responses({}).items()))
MAIL = "mira.oldfield@quietharbor-mail.net"
CARD = "4539 1488 0343 6467"


def rows(*texts: str) -> bytes:
    return b"".join(json.dumps({"a": text}).encode() + b"\n" for text in texts)


def scan(content: bytes, rules: Rules = RULES) -> list[tuple[str, int | None, str, str]]:
    scanned = scan_files([("t.jsonl", io.BytesIO(content))], rules)
    return [(one.code, one.line, one.path, one.severity) for one in scanned.findings]


def test_findings_have_a_place_and_the_severity_of_their_kind() -> None:
    content = rows("nothing", f"{MAIL} pays with {CARD}")
    assert scan(content) == [("FT351", 2, "a", "warning"), ("FT311", 2, "a", "error")]


def test_a_finding_masks_the_value() -> None:
    scanned = scan_files([(None, io.BytesIO(rows(f"{MAIL} pays with {CARD}")))], RULES)
    assert [one.message for one in scanned.findings] == [
        "This looks like an e-mail address: m***@q***.net",
        "This looks like a payment card number: 4***",
    ]


def test_several_files_keep_their_own_lines_and_one_hint_a_severity() -> None:
    files = [(name, io.BytesIO(rows("x", MAIL))) for name in ("a", "b")]
    scanned = scan_files(files, RULES)
    assert [(one.file, one.line) for one in scanned.findings] == [("a", 2), ("b", 2)]
    assert [one.hint is not None for one in scanned.findings] == [True, False]
    assert (scanned.rows, scanned.counts) == (4, {Kind.EMAIL: 2})


def test_another_look_adds_what_ours_did_not_find() -> None:
    def names(text: str) -> list[Sighting]:
        """Take every capital letter for a name, and the begin of an address too."""
        starts = [at for at, letter in enumerate(text) if letter.isupper() or text[at:] == MAIL]
        return [Sighting(kind=Kind.PERSON_NAME, start=at, end=at + 1) for at in starts]

    scanned = scan_files([(None, io.BytesIO(rows(f"Ann {MAIL}", MAIL)))], RULES, names)
    assert scanned.counts == {Kind.EMAIL: 2, Kind.PERSON_NAME: 1}
    [name] = [one for one in scanned.findings if one.code is Code.PERSON_NAME]
    assert (name.message, name.line) == ("This looks like a person's name: ***", 1)
    assert "anonymise` leaves it" in (name.hint or "")


def test_what_is_ignored_is_not_told() -> None:
    rules = Rules(responses=tuple(responses({Response.IGNORE: [Kind.EMAIL]}).items()))
    assert scan(rows(MAIL), rules) == []


def test_every_one_of_hundreds_is_told() -> None:
    scanned = scan_files([(None, io.BytesIO(rows(MAIL) * 1_234))], RULES)
    assert [one.line for one in scanned.findings] == [*range(1, 1_235)]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(
            21, "The data has 1 more e-mail address than are told one by one.", id="one more"
        ),
        pytest.param(
            1_234,
            "The data has 1,214 more e-mail addresses than are told one by one.",
            id="many more",
        ),
    ],
)
def test_of_very_many_findings_of_a_kind_the_rest_is_counted(
    found: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_module, "MOST_OF_A_KIND", 20)
    content = rows(MAIL) * found + rows(CARD)
    scanned = scan_files([(None, io.BytesIO(content))], RULES)
    assert len(scanned.findings) == 20 + 1 + 1
    assert scanned.counts == {Kind.EMAIL: found, Kind.CARD: 1}
    assert Code.CARD in {one.code for one in scanned.findings}
    last = scanned.findings[-1]
    assert (last.message, last.line) == (told, None)
    assert last.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param(line_for(MAIL.upper()), [], id="allowed in another case"),
        pytest.param(f"sha256:{sha256(MAIL)}", [], id="allowed as it is written"),
        pytest.param(line_for("x@quietharbor-mail.net"), ["FT351"], id="another value"),
        pytest.param("# nobody", ["FT351"], id="a comment"),
    ],
)
def test_allowed_values_are_not_told(written: str, found: list[str]) -> None:
    allowed = read_allowed([written, ""])
    assert allowed.wrong_lines == ()
    rules = replace(RULES, allowed=allowed.digests)
    assert [code for code, *_ in scan(rows(MAIL), rules)] == found


def test_a_line_that_allows_says_what_it_allows() -> None:
    assert line_for(CARD) == f"sha256:{sha256('4539148803436467')}  # card"
    assert line_for("moonlight-77") == f"sha256:{sha256('moonlight-77')}"


def test_lines_that_are_no_digests_are_told_by_their_numbers() -> None:
    lines = [f"sha256:{'a' * 64} # ours", "help@acme.io", "sha256:abc", ""]
    assert read_allowed(lines).wrong_lines == (2, 3)


def test_a_byte_order_mark_and_lines_in_pieces_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert scan(b"\xef\xbb\xbf" + rows(MAIL)) == [("FT351", 1, "a", "warning")]
    monkeypatch.setattr("ftops.dataset.concatenate.MAX_ROW_BYTES", 60)
    content = rows("x" * 100, MAIL)
    assert [line for _, line, *_ in scan(content)] == [2]


def test_every_kind_has_its_code_its_name_and_its_severity() -> None:
    assert {CODE_OF[kind] for kind in Kind} == PRIVACY
    assert len(CODE_OF) == len(set(CODE_OF.values()))
    for kind in Kind:
        assert MEANINGS[CODE_OF[kind]]
        assert singular(kind).split()[0] in {"a", "an"}
        assert more_of(2, kind).startswith("2 more ")
    assert Code.EMAIL.value == "FT351"
