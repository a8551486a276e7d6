"""A file's text: decoding, places and excerpts."""

import pytest

from ftops.adapters.spec_files.text import MAX_BYTES, SourceText, decode, masked, shown
from ftops.errors import Problem, SpecError


def refusal(raw: bytes) -> Problem:
    with pytest.raises(SpecError) as caught:
        decode(raw, "specs/a.yaml")
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"\xef\xbb\xbfname: a\n", "name: a\n", id="a byte order mark is dropped"),
        pytest.param(b"a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n", id="Windows line ends"),
        pytest.param(b"a: 1\rb: 2", "a: 1\nb: 2", id="old Mac line ends"),
        pytest.param("ä: 日本 😀".encode(), "ä: 日本 😀", id="other scripts"),
        pytest.param(b"", "", id="an empty file"),
    ],
)
def test_text_is_decoded(raw: bytes, text: str) -> None:
    assert decode(raw, "specs/a.yaml").text == text


@pytest.mark.parametrize(
    ("raw", "message", "place", "hint"),
    [
        pytest.param(
            b"a: 1\nb: \xff\n", "not UTF-8 text", "specs/a.yaml:2:4", "save", id="invalid UTF-8"
        ),
        pytest.param(
            "a: 1".encode("utf-16"), "not UTF-8 text", "specs/a.yaml:1:1", "save", id="UTF-16"
        ),
        pytest.param(
            b"a: \x00", "the invisible character U+0000", "specs/a.yaml:1:4", "remove it", id="NUL"
        ),
        pytest.param(
            b"a: 1\nb: \x1b[31m",
            "the invisible character U+001B",
            "specs/a.yaml:2:4",
            "remove it",
            id="a terminal escape",
        ),
        pytest.param(
            "a: b\u2028c".encode(),
            "the invisible character U+2028",
            "specs/a.yaml:1:5",
            'remove it, or write "\\u2028"',
            id="a line separator",
        ),
        pytest.param(
            "a: '\u202eb'".encode(),
            "the invisible character U+202E",
            "specs/a.yaml:1:5",
            'remove it, or write "\\u202E"',
            id="a direction override",
        ),
        pytest.param(
            "a: \u2066b\u2069".encode(),
            "the invisible character U+2066",
            "specs/a.yaml:1:4",
            'remove it, or write "\\u2066"',
            id="a direction isolate",
        ),
        pytest.param(
            "a: \ufeffb".encode(),
            "the invisible character U+FEFF",
            "specs/a.yaml:1:4",
            'remove it, or write "\\uFEFF"',
            id="a byte order mark inside",
        ),
        pytest.param(
            b"#" * (MAX_BYTES + 1),
            "larger than 1 MiB",
            "specs/a.yaml",
            "split it",
            id="a giant file",
        ),
    ],
)
def test_bytes_that_are_no_text_are_refused(
    raw: bytes, message: str, place: str, hint: str
) -> None:
    problem = refusal(raw)
    assert problem.message == message
    assert problem.place == place
    assert hint in (problem.hint or "")


def test_the_largest_file_is_read() -> None:
    assert len(decode(b"#" * MAX_BYTES, "specs/a.yaml").text) == MAX_BYTES


@pytest.mark.parametrize(
    ("text", "offset", "excerpt"),
    [
        pytest.param("a: 1\nb: 2\n", 8, "b: 2\n   ^", id="a line in the middle"),
        pytest.param("a: 1", 4, "a: 1\n    ^", id="the end of the text"),
        pytest.param("\tx: 1", 1, "\tx: 1\n\t^", id="a tab stays a tab"),
        pytest.param("日本: x", 4, "日本: x\n      ^", id="wide characters are two columns"),
        pytest.param("e\u0301: x", 4, "e\u0301: x\n   ^", id="an accent takes no column"),
        pytest.param("a: \u202eb", 3, "a: \ufffdb\n   ^", id="a direction mark is shown"),
        pytest.param(
            "a: " + "x" * 300, 3, "a: " + "x" * 97 + "…\n   ^", id="a long line is cut behind"
        ),
        pytest.param(
            "y" * 200 + "z" * 10,
            205,
            "…" + "y" * 55 + "z" * 10 + "\n" + " " * 61 + "^",
            id="a long line is cut before",
        ),
        pytest.param(
            "azure: {api_key: sk-abcdefgh123, knd: x}",
            34,
            "azure: {api_key: **************, knd: x}\n" + " " * 34 + "^",
            id="a key is starred",
        ),
    ],
)
def test_an_excerpt_points_at_the_character(text: str, offset: int, excerpt: str) -> None:
    assert SourceText(path="a", text=text).excerpt(offset) == excerpt


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("api_key: ${AZURE_KEY}", "api_key: ${AZURE_KEY}", id="a reference is shown"),
        pytest.param("api_key: hunter2", "api_key: *******", id="a literal key is not"),
        pytest.param('password: "hunter2"', 'password: "*******"', id="nor in quotes"),
        pytest.param("x: sk-proj-abcdefgh", "x: ****************", id="nor under another name"),
        pytest.param("name: a", "name: a", id="other text is shown"),
    ],
)
def test_secrets_are_masked(text: str, said: str) -> None:
    assert masked(text) == said


def test_a_quote_in_a_message_is_short_and_printable() -> None:
    assert shown("a\x1bb") == "a\ufffdb"
    assert shown("x" * 50) == "x" * 39 + "…"


def test_an_offset_beyond_the_text_is_its_end() -> None:
    problem = SourceText(path="a", text="b: 1\n").problem(99, "wrong")
    assert (problem.line, problem.column, problem.excerpt) == (2, 1, "\n^")
