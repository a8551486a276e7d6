"""A file that holds no JSON Lines at all is told once, by what it is, and nothing else is."""

import io
import json

import pytest

from ftops.dataset.check import check_files, check_stream
from ftops.dataset.finding import Code
from ftops.dataset.no_lines import explain_no_lines
from tests.dataset.rows import CHAT, line, lines
from tests.dataset.test_parting import Cut

ROWS = [CHAT] * 12
TEXT = lines(12).decode()
BOM = b"\xef\xbb\xbf"

FILES = [
    pytest.param(json.dumps(ROWS).encode(), Code.NOT_JSON, "data import", id="an array on a line"),
    pytest.param(
        json.dumps(ROWS, indent=1).encode(), Code.NOT_JSON, "data import", id="a pretty array"
    ),
    pytest.param(
        b"[" + lines(12).replace(b"\n", b",\n") + b"]",
        Code.NOT_JSON,
        "data import",
        id="rows in it",
    ),
    pytest.param(BOM + b"[\n{\n}]", Code.NOT_JSON, "data import", id="an array behind a mark"),
    pytest.param(
        "\n".join(json.dumps(row, indent=2) for row in ROWS).encode(),
        Code.NOT_JSON,
        "jq -c",
        id="pretty objects",
    ),
    pytest.param(b'{"messages": [\n' * 9, Code.NOT_JSON, "jq -c", id="objects cut into lines"),
    pytest.param(TEXT.encode("utf-16"), Code.NOT_UTF8, "iconv", id="UTF-16 with its mark"),
    pytest.param(TEXT.encode("utf-16-le"), Code.NOT_UTF8, "iconv", id="UTF-16 without one"),
    pytest.param(TEXT.encode("utf-16-be"), Code.NOT_UTF8, "iconv", id="UTF-16 the other way"),
    pytest.param(lines(12).replace(b"\n", b"\r"), Code.NOT_JSON, "with LF", id="CR alone"),
    pytest.param(b"PK\x03\x04\x14\0\0\xff\n\n" * 9, Code.NOT_JSON, "Unpack", id="ZIP"),
    pytest.param(b"PAR1\x15\4\n\xff\n" * 9, Code.NOT_JSON, "data import", id="Parquet"),
    pytest.param(b"ARROW1\0\0\xff\n" * 9, Code.NOT_JSON, "data import", id="Arrow"),
    pytest.param(b"BZh91AY&SY\xff\n" * 9, Code.NOT_JSON, "gzip or zstd", id="bzip2"),
    pytest.param(b"\xfd7zXZ\0\n" * 9, Code.NOT_JSON, "gzip or zstd", id="xz"),
    pytest.param(b"7z\xbc\xaf\x27\x1c\n" * 9, Code.NOT_JSON, "gzip or zstd", id="7z"),
    pytest.param(b"SQLite format 3\0\n" * 9, Code.NOT_JSON, "Export", id="SQLite"),
    pytest.param(b"%PDF-1.7\n\xff\n" * 9, Code.NOT_JSON, "itself", id="PDF"),
    pytest.param(b"<!DOCTYPE html>\n<html>\n" * 9, Code.NOT_JSON, "signing in", id="HTML"),
    pytest.param(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        Code.NOT_JSON,
        "git lfs pull",
        id="a pointer of Git LFS",
    ),
    pytest.param(b"prompt,completion\nQ,A\n" * 9, Code.NOT_JSON, "data import", id="a table"),
    pytest.param(
        b'"the prompt";"answer"\r\n"Q";"A"\r\n', Code.NOT_JSON, "data import", id="quoted"
    ),
    pytest.param(b"sep=;\nprompt;answer\n", Code.NOT_JSON, "data import", id="Excel's table"),
    pytest.param(BOM + b"prompt\tanswer\nQ\tA\n", Code.NOT_JSON, "data import", id="tabs"),
]


@pytest.mark.parametrize(("content", "code", "hint"), FILES)
def test_it_is_told_once(content: bytes, code: Code, hint: str) -> None:
    checked = check_stream(io.BytesIO(content), method="supervised")
    [finding] = checked.findings
    assert (finding.code, finding.line, checked.examples) == (code, 1, 0)
    assert hint in (finding.hint or "")
    assert not checked.is_legal
    assert checked.size == len(content)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(line(CHAT), id="a row"),
        pytest.param(BOM + line(CHAT), id="a row behind a mark"),
        pytest.param(b"  " + line(CHAT), id="a row behind spaces"),
        pytest.param(line(CHAT).replace(b"\n", b"\r\n"), id="a row of Windows"),
        pytest.param(b"{}\n", id="an empty object"),
        pytest.param(b"[1, 2]\n", id="a list of numbers"),
        pytest.param(b"[]\n", id="an empty list"),
        pytest.param(b"\n", id="a blank line"),
        pytest.param(b"# rows, as of May\n", id="a comment"),
        pytest.param(b"messages\n", id="a word"),
        pytest.param(b'{"messages": [{"role": "user", "content": "a"}\n', id="a row cut off"),
        pytest.param(b"{'messages': []}\n", id="single quotes"),
        pytest.param(b"\xff\n", id="another encoding"),
    ],
)
def test_a_first_line_that_is_wrong_hides_no_other(first: bytes) -> None:
    assert explain_no_lines(first) is None


def test_other_files_are_told_of_beside_it() -> None:
    files = [("a.json", io.BytesIO(json.dumps(ROWS).encode())), ("b", io.BytesIO(lines(3) + b"{}"))]
    found = check_files(files, method="supervised").findings
    assert [(one.file, one.line, one.code) for one in found] == [
        ("a.json", 1, Code.NOT_JSON),
        ("b", 4, Code.MISSING_KEY),
    ]


def test_parts_tell_it_once() -> None:
    content = json.dumps(ROWS, indent=1).encode()
    parted = check_stream(Cut(content, frozenset({1, 20, 40})), method="supervised")
    assert parted == check_stream(io.BytesIO(content), method="supervised")


def test_it_does_not_matter_where_blocks_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftops.dataset.lines.BLOCK", 3)
    for case in FILES:
        assert len(check_stream(io.BytesIO(case.values[0]), method="supervised").findings) == 1  # type: ignore[arg-type]
