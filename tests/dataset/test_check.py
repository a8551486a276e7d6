"""Figures of a pass, many files as one, and reading rows back."""

import hashlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.dataset import lines_seen
from ftops.dataset.amounts import Role
from ftops.dataset.check import check_files, check_stream
from ftops.dataset.concatenate import concatenate
from ftops.dataset.finding import Code, Severity
from ftops.dataset.rows import read_rows
from tests.dataset.rows import ASK, CHAT, PREFERENCE, REINFORCEMENT, RICH, SAY, line, lines

BOM = b"\xef\xbb\xbf"


def test_one_pass_tells_digest_size_and_counts() -> None:
    content = lines(9) + line({"messages": [ASK, {**SAY, "weight": 0}, ASK, SAY]}) + line(RICH)
    checked = check_stream(io.BytesIO(content), method="supervised")
    assert checked.is_legal
    assert checked.findings == ()
    assert checked.digest == hashlib.sha256(content).hexdigest()
    assert checked.size == len(content)
    assert checked.examples == 11
    assert checked.trained_messages == 9 + 1 + 4
    assert not checked.tokens_exact


@pytest.mark.parametrize(
    ("method", "row", "trained"),
    [
        pytest.param("supervised", CHAT, 10, id="a chat row teaches its answer"),
        pytest.param("dpo", PREFERENCE, 10, id="a preference row teaches one turn"),
        pytest.param("reinforcement", REINFORCEMENT, 0, id="a reinforced model writes its own"),
    ],
)
def test_each_method_has_its_rows(method: str, row: object, trained: int) -> None:
    checked = check_stream(io.BytesIO(line(row) * 10), method=method)
    assert (checked.is_legal, checked.examples, checked.trained_messages) == (True, 10, trained)


def test_tokens_are_cut_at_the_limit_but_the_longest_is_told_whole() -> None:
    content = lines(10) + line({"messages": [ASK, {**SAY, "content": "word " * 200}]})
    whole = check_stream(io.BytesIO(content), method="supervised")
    short = (whole.tokens - whole.longest_tokens) // 10
    cut = check_stream(io.BytesIO(content), method="supervised", limit=short)
    assert (whole.examples_cut, cut.examples_cut) == (0, 1)
    assert cut.tokens == 11 * short
    assert cut.longest_tokens == whole.longest_tokens > short
    assert cut.is_legal


@pytest.mark.parametrize(
    ("role", "examples", "errors"),
    [
        pytest.param("training", 9, 1, id="9 are too few to train"),
        pytest.param("training", 10, 0, id="10 are enough to train"),
        pytest.param("validation", 0, 1, id="none are too few to validate"),
        pytest.param("validation", 1, 0, id="1 is enough to validate"),
    ],
)
def test_how_many_examples_a_file_needs(role: Role, examples: int, errors: int) -> None:
    checked = check_stream(io.BytesIO(lines(examples)), method="supervised", role=role)
    assert checked.errors == errors


def test_illegal_rows_count_as_examples_and_blank_lines_do_not() -> None:
    checked = check_stream(io.BytesIO(lines(9) + b"{}\n\n"), method="supervised")
    assert checked.examples == 10
    assert [finding.line for finding in checked.findings] == [10, 11]


def test_findings_are_capped_and_an_error_behind_many_warnings_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines_seen, "MOST_FINDINGS", 200)
    warned = line({"messages": [ASK, SAY, ASK]})
    checked = check_stream(io.BytesIO(warned * 250 + b"{}\n" * 201), method="supervised")
    severities = [finding.severity for finding in checked.findings]
    assert severities.count(Severity.WARNING) == severities.count(Severity.ERROR) == 200
    assert (checked.findings_omitted, checked.errors) == (51, 201)
    assert not checked.is_legal


def test_a_cut_points_at_the_first_row_that_is_cut_though_suspects_are_counted_last() -> None:
    long = {**SAY, "content": "word " * 200}
    warned, right = line({"messages": [ASK, long, ASK]}), line({"messages": [ASK, long]})
    for cut in (lines(9) + warned + right, lines(9) + right + warned):
        checked = check_stream(io.BytesIO(cut), method="supervised", limit=100)
        assert checked.examples_cut == 2
        assert [f.line for f in checked.findings if f.code is Code.EXAMPLES_CUT] == [10]


def test_line_ends_and_a_missing_last_one_do_not_matter() -> None:
    content = lines(10).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    assert check_stream(io.BytesIO(content), method="supervised").is_legal


def test_an_unknown_method_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="supervised, dpo, reinforcement"):
        check_stream(io.BytesIO(), method="sft")


def test_findings_name_their_file_and_its_own_line() -> None:
    files = [("a.jsonl", io.BytesIO(lines(6))), ("b.jsonl", io.BytesIO(lines(4) + b"{}"))]
    checked = check_files(files, method="supervised")
    assert [(f.file, f.line) for f in checked.findings] == [("b.jsonl", 5)]


def test_a_lone_file_goes_up_byte_for_byte() -> None:
    content = BOM + lines(10).removesuffix(b"\n")
    assert b"".join(concatenate([io.BytesIO(content)])) == content


def test_joined_files_lose_their_marks_and_never_merge_rows() -> None:
    content = BOM + lines(5).removesuffix(b"\n")
    assert b"".join(concatenate([io.BytesIO(content), io.BytesIO(content)])) == lines(10)
    files = [("a", io.BytesIO(content)), ("b", io.BytesIO(content))]
    checked = check_files(files, method="supervised")
    assert [(f.file, f.code) for f in checked.findings] == [
        ("a", Code.BYTE_ORDER_MARK),
        ("b", Code.BYTE_ORDER_MARK),
    ]


FILES = st.lists(
    st.tuples(
        st.sampled_from([b"", BOM]), st.integers(0, 4), st.sampled_from([b"", b"\n", b"\r\n"])
    ),
    max_size=4,
)


@given(FILES)
@settings(max_examples=100, deadline=None)
def test_many_files_are_checked_as_the_one_that_is_uploaded(
    parts: list[tuple[bytes, int, bytes]],
) -> None:
    files = [
        mark + lines(rows).removesuffix(b"\n") + (end if rows else b"") for mark, rows, end in parts
    ]
    joined = b"".join(concatenate([io.BytesIO(content) for content in files]))
    named = [(str(number), io.BytesIO(content)) for number, content in enumerate(files)]
    checked = check_files(named, method="supervised")
    assert checked.digest == hashlib.sha256(joined).hexdigest()
    assert checked.size == len(joined)
    assert checked.examples == sum(rows for _, rows, _ in parts)
    alone = check_stream(io.BytesIO(joined), method="supervised")
    assert (checked.tokens, checked.trained_messages) == (alone.tokens, alone.trained_messages)


def test_rows_are_read_back_in_order() -> None:
    rows = [CHAT, RICH, {"messages": [ASK, SAY, ASK, SAY]}]
    content = BOM + b"\r\n".join(json.dumps(row).encode() for row in rows)
    assert list(read_rows(io.BytesIO(content))) == rows
