"""Every code has an example: here those of lines that are no rows, and of whole files."""

import io

import pytest

from ftops.dataset import amounts, concatenate
from ftops.dataset.amounts import Role
from ftops.dataset.check import check_stream
from ftops.dataset.finding import (
    AMOUNTS,
    MEANINGS,
    PRIVACY,
    QUALITY,
    WARNINGS,
    Code,
    Finding,
    Severity,
)
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from tests.dataset.legal.test_turns import TOLD, URLS
from tests.dataset.rows import ASK, CHAT, IMAGE, REINFORCEMENT, SAY, line, lines
from tests.dataset.test_rows import WRONG

LONG = {"messages": [ASK, {"role": "assistant", "content": "word " * 300}]}

BYTES = [
    pytest.param(b"{'a': 1}", "FT001", "double quotes", id="single quotes"),
    pytest.param(b"{\"a\": [{'b': 1}]}", "FT001", "double quotes", id="single quotes within"),
    pytest.param("{“a”: 1}".encode(), "FT001", "Typographic", id="a word processor's quotes"),
    pytest.param(b'{"a": True}', "FT001", "true, false and null", id="Python's words"),
    pytest.param(b'{"a": 1} // b', "FT001", "comments", id="a comment"),
    pytest.param(b'b"}]}', "FT001", "rest of the line before", id="the rest of a line"),
    pytest.param(b'{"a": 1}}', "FT001", "closes nothing", id="a bracket too many"),
    pytest.param(b'{"a": [1}', "FT001", "Another bracket", id="a bracket too few"),
    pytest.param(b'{"a": "b" "c": 1}', "FT001", "a comma before it", id="a comma too few"),
    pytest.param(b'{"a": 1,, "b": 2}', "FT001", "Remove the comma", id="a comma too many"),
    pytest.param(b',{"a": 1}', "FT001", "Remove the comma", id="a comma before the row"),
    pytest.param(b'{"a": "say "b""}', "FT001", '\\"', id="quotes inside a text"),
    pytest.param(b'{"a": "c:\\d"}', "FT001", "backslash", id="a Windows path"),
    pytest.param(b'{\\"a\\": 1}', "FT001", "backslashes", id="quotes escaped outside of texts"),
    pytest.param(b'{"a": "b', "FT001", "Close the text", id="a text without its end"),
    pytest.param(b'{"a": 1', "FT001", "ends before", id="a row without its end"),
    pytest.param(b"{a: 1}", "FT001", "keys between double quotes", id="a key without quotes"),
    pytest.param(b'{"a": undefined}', "FT001", "null", id="JavaScript's word"),
    pytest.param(b"<<<<<<< HEAD", "FT001", "conflict", id="a conflict's begin"),
    pytest.param(b"=======", "FT001", "conflict", id="a conflict's middle"),
    pytest.param(b">>>>>>> main", "FT001", "conflict", id="a conflict's end"),
    pytest.param(b"```json", "FT001", "Markdown", id="a fence"),
    pytest.param('{"a":\xa01}'.encode(), "FT001", "cannot be seen", id="a no-break space"),
    pytest.param('\u200b{"a": 1}'.encode(), "FT001", "cannot be seen", id="a space of no width"),
    pytest.param(b"\0" * 9, "FT001", "zero bytes", id="what a crash leaves"),
    pytest.param(b'{"a": [1,]}', "FT001", "comma before", id="a comma before the end of a list"),
    pytest.param(b'{"a": 1,}', "FT001", "comma before", id="a comma before the end of an object"),
    pytest.param(b'\xef\xbb\xbf{"a": 1}', "FT001", "joined", id="a mark where files were joined"),
    pytest.param(b'"{\\"a\\": 1}"', "FT005", "without the quotes", id="a row as a text"),
    pytest.param(b"1", "FT005", "object", id="a number"),
    pytest.param(b"{", "FT001", "pretty-printed", id="a pretty-printed file"),
    pytest.param(b'  "a": "b, c",', "FT001", "one complete JSON object per line.", id="its inside"),
    pytest.param(b'[{"a": 1},', "FT001", "not an array", id="an array over lines"),
    pytest.param(b"prompt,completion", "FT001", "ftops data import", id="a table"),
    pytest.param(b'\0{\0"\0a\0"\0', "FT001", "UTF-16", id="a later line of UTF-16"),
    pytest.param(b"\0\0\1\0", "FT001", "one complete", id="a line of a program or a picture"),
    pytest.param("{".encode("utf-16"), "FT002", "It is UTF-16", id="the first line of UTF-16"),
    pytest.param(b'{"a": 1},', "FT001", "comma", id="a comma after the row"),
    pytest.param(b'{"a": "x\ty"}', "FT001", r"\t", id="a raw tab in a text"),
    pytest.param(line(CHAT).strip() * 2, "FT001", "line of its own", id="two rows on one line"),
    pytest.param(b'{"a": "\xff"}', "FT002", "UTF-8", id="a byte that is no UTF-8"),
    pytest.param(b'{"a": "\xed\xa0\x80"}', "FT002", "UTF-8", id="a surrogate written as UTF-8"),
    pytest.param(b"\r\n", "FT004", "Delete", id="a blank line"),
    pytest.param(b"", "FT004", "Delete", id="nothing"),
    pytest.param(b"[1]", "FT005", "ftops data import", id="a list"),
    pytest.param(b"null", "FT005", "object", id="null"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, "FT007", "Flatten", id="too deep for the parser"),
    pytest.param(b'{"a": NaN}', "FT010", "text", id="not a number"),
    pytest.param(b'{"a": -Infinity}', "FT010", "text", id="infinity"),
    pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "FT010", "text", id="a number of 5000 digits"),
]


@pytest.mark.parametrize(("written", "code", "hint"), BYTES)
def test_what_is_no_row_at_all(written: bytes, code: str, hint: str) -> None:
    row, [finding] = judge(written, Format.CHAT)
    assert row is None
    assert (finding.code, finding.path) == (code, "")
    assert hint in (finding.hint or "")


@pytest.mark.parametrize(
    ("written", "column"),
    [
        pytest.param(b'{"a\\"": "NaN", "b": [1, NaN]}', 25, id="NaN behind a text that says so"),
        pytest.param(b'{"a": -Infinity}', 7, id="infinity"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", 7, id="a number of 5000 digits"),
    ],
)
def test_a_number_that_is_none_has_a_place(written: bytes, column: int) -> None:
    [finding] = judge(written, Format.CHAT)[1]
    assert finding.column == column


def of_file(content: bytes) -> list[Finding]:
    return list(check_stream(io.BytesIO(content), method="supervised", limit=100).findings)


def test_codes_of_whole_files(monkeypatch: pytest.MonkeyPatch) -> None:
    [few] = of_file(lines(9))
    assert (few.code, few.line) == (Code.TOO_FEW_EXAMPLES, None)
    assert few.message == "Training file has 9 example(s), but must have at least 10 examples"
    [mark] = of_file(b"\xef\xbb\xbf" + lines(10))
    assert (mark.code, mark.line, mark.severity) == (Code.BYTE_ORDER_MARK, 1, Severity.WARNING)
    [windows] = of_file(lines(10).replace(b"\n", b"\r\n"))
    assert (windows.code, windows.line) == (Code.WINDOWS_LINES, 1)
    assert windows.severity is Severity.WARNING
    assert "-text" in (windows.hint or "")
    [cut] = of_file(lines(10) + line(LONG) * 2)
    assert (cut.code, cut.line, cut.severity) == (Code.EXAMPLES_CUT, 11, Severity.WARNING)
    assert cut.message.startswith("About 2 examples have more than 100 tokens")
    monkeypatch.setattr(concatenate, "MAX_ROW_BYTES", 200)
    monkeypatch.setattr("ftops.dataset.lines.BLOCK", 100)
    long = of_file(lines(9) + line(LONG) + line(CHAT) + b"\n")
    assert [(f.code, f.line) for f in long] == [(Code.TOO_LONG, 10), (Code.BLANK_LINE, 12)]


def of_whole(
    content: bytes, role: Role = "training", method: str = "supervised"
) -> list[tuple[str, int | None]]:
    checked = check_stream(io.BytesIO(content), method=method, role=role)
    return [(finding.code, finding.line) for finding in checked.findings]


@pytest.mark.parametrize(
    ("role", "most"),
    [pytest.param("training", 12, id="training"), pytest.param("validation", 4, id="validation")],
)
def test_reinforcement_takes_only_so_many_rows(
    role: Role, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amounts, "MOST_REINFORCED", {"training": 12, "validation": 4})
    assert of_whole(line(REINFORCEMENT) * most, role, "reinforcement") == []
    many = of_whole(line(REINFORCEMENT) * (most + 1), role, "reinforcement")
    assert many == [(Code.TOO_MANY_EXAMPLES, None)]
    assert of_whole(lines(13), role) == []
    assert of_whole(line(REINFORCEMENT) * 13, "whole", "reinforcement") == []


def test_an_upload_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    content = lines(10)
    monkeypatch.setattr(amounts, "MOST_UPLOAD_BYTES", len(content))
    assert of_whole(content) == []
    assert of_whole(content + b" ") == [(Code.BLANK_LINE, 11), (Code.FILE_TOO_LARGE, None)]
    assert of_whole(content * 2, "whole") == []


def test_only_so_many_examples_have_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amounts, "MOST_IMAGE_EXAMPLES", 2)
    shown = line({"messages": [{"role": "user", "content": [IMAGE, IMAGE]}, SAY]})
    assert of_whole(lines(10) + shown * 2) == []
    assert of_whole(lines(10) + shown * 3) == [(Code.TOO_MANY_IMAGE_EXAMPLES, None)]
    graded = line({"messages": [{"role": "user", "content": [IMAGE]}]})
    told = of_whole(graded * 10, "training", "reinforcement")
    assert told == [(Code.TOO_MANY_IMAGE_EXAMPLES, None)]


def test_every_code_has_a_meaning_and_an_example_here() -> None:
    shown = {str(param.values[1]) for param in BYTES} | {str(param.values[2]) for param in WRONG}
    shown |= WARNINGS | {str(param.values[1]) for param in URLS if param.values[1]}
    shown |= set(TOLD)
    shown |= {Code.TOO_LONG, Code.TOO_MANY_IMAGES, *AMOUNTS}
    # Codes of quality and privacy have their examples in tests/dataset/quality and /privacy.
    assert shown | QUALITY | PRIVACY == set(Code) == set(MEANINGS)
    assert len({code.value for code in Code}) == len(Code)
