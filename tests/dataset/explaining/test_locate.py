"""Carets: where a path leads in a line, and what is shown of the line."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.dataset.check import check_stream
from ftops.dataset.explaining import locate as located
from ftops.dataset.explaining.locate import excerpt, locate, point_at
from ftops.dataset.explaining.parse import join
from ftops.dataset.finding import Code, find
from tests.dataset.rows import CHAT, line, lines

TEXT = '{ "a": [1, {"b c": "x"}], "d" :2, "a-b": {}, "d": [ ], "n": [ ], "e": {"f": [0, 1]} }'


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param("a", "[1, {", id="a list"),
        pytest.param("a[0]", "1, {", id="a member"),
        pytest.param('a[1]["b c"]', '"x"}', id="an odd key"),
        pytest.param("a-b", "{}, ", id="a key with a dash"),
        pytest.param("d", "2, ", id="the first of two equal keys"),
        pytest.param("e.f[1]", "1]} }", id="deep"),
        pytest.param("e.missing", '{"f"', id="what holds the missing key"),
        pytest.param("e.f[7]", "[0, 1]", id="what lacks the member"),
        pytest.param("d[0]", "2, ", id="a number, which has no members"),
        pytest.param("n[0]", "[ ]", id="an empty list"),
        pytest.param("a-b.x", "{}", id="an empty object"),
        pytest.param("", "{ ", id="the row"),
    ],
)
def test_a_path_leads_to_its_place(path: str, shown: str) -> None:
    column = locate(TEXT, path)
    assert column is not None
    assert TEXT[column - 1 :].startswith(shown)


def test_a_key_has_a_place_of_its_own() -> None:
    column = locate(TEXT, "e.f", at_key=True)
    assert column is not None
    assert TEXT[column - 1 :].startswith('"f"')
    last = locate(TEXT, "d", at_key=True, last=True)
    assert last is not None
    assert TEXT[last - 1 :].startswith('"d": [')


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": nonsense, "b": 1}', id="no JSON"),
        pytest.param('{"a": 1', id="cut"),
        pytest.param('{"a": ' + "[" * 100_000, id="too deep"),
    ],
)
def test_there_is_no_place_in_what_cannot_be_read(text: str) -> None:
    assert locate(text, "b") is None


LEAVES = st.none() | st.text(max_size=4) | st.integers()


@given(
    st.recursive(LEAVES, lambda deep: st.lists(deep) | st.dictionaries(st.text(max_size=8), deep)),
    st.builds(
        json.JSONEncoder,
        ensure_ascii=st.booleans(),
        separators=st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", " :  ")]),
    ),
)
@settings(max_examples=200, deadline=None)
def test_every_path_of_any_json_leads_to_its_value(
    value: object, encoder: json.JSONEncoder
) -> None:
    written = encoder.encode({"v": value})
    todo: list[tuple[str, object]] = [("v", value)]
    while todo:
        path, member = todo.pop()
        column = locate(written, path)
        assert column is not None
        assert json.JSONDecoder().raw_decode(written, column - 1)[0] == member
        if isinstance(member, dict):
            todo += [(join(path, key), deep) for key, deep in member.items()]
        elif isinstance(member, list):
            todo += [(join(path, index), deep) for index, deep in enumerate(member)]


def test_an_excerpt_is_short_and_its_caret_stands_below_the_place() -> None:
    assert excerpt("abc", 2) == "abc\n ^"
    long = "a" * 100 + "X" + "b" * 100
    shown, caret = excerpt(long, 101).split("\n")
    assert shown == "…" + "a" * 24 + "X" + "b" * 51 + "…"
    assert shown[len(caret) - 1] == "X"
    assert excerpt("日本e\u0301X", 5) == "日本e\u0301X\n     ^"
    assert excerpt("a\tb", 3) == "a\N{MIDDLE DOT}b\n  ^"


def test_findings_of_a_file_point_at_their_place() -> None:
    bad = [
        line({**CHAT, "tool": []}),
        b'{"messages": [{"role": "user", "content": "\xc3\xa9\xff"}]}\n',
        b'{"messages": [,]}\n',
        line({"messages": [{"role": "human", "content": "x"}]}),
        b"\n",
    ]
    content = lines(10) + b"".join(bad)
    findings = check_stream(io.BytesIO(content), method="supervised").findings
    texts = [one.decode("utf-8", "replace") for one in bad]
    assert [
        (f.line, f.column and texts[(f.line or 0) - 11][f.column - 1 :][:6]) for f in findings
    ] == [
        (11, '"tool"'),
        (12, '\ufffd"}]}\n'),
        (13, ",]}\n"),
        (14, '"human'),
        (15, None),
    ]
    assert [f.excerpt is None for f in findings] == [False, False, False, False, True]


def test_a_line_of_pictures_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(located, "LONGEST_LOCATED", 10)
    [finding] = check_stream(
        io.BytesIO(line({**CHAT, "tool": []})), method="supervised", role="validation"
    ).findings
    assert finding.excerpt is None


def test_a_finding_without_a_place_has_none() -> None:
    finding = find(Code.UNKNOWN_KEY, "odd", path="b")
    assert point_at(finding, b'{"a": odd, "b": 1}') == (None, None)
