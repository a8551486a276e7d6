"""Laws over many rows and bytes: both paths agree, and nothing ever raises."""

import io
import json
from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ftops.dataset import line_look, lines
from ftops.dataset.check import Checked, check_stream
from ftops.dataset.explaining.explain import explain
from ftops.dataset.explaining.parse import parse
from ftops.dataset.finding import Severity
from ftops.dataset.formats import FORMAT_OF, Format
from ftops.dataset.judge import judge
from ftops.dataset.legal.repeats import is_too_deep, repeats_a_key
from ftops.dataset.legal.rules import is_beyond_reproach
from ftops.dataset.no_lines import explain_no_lines
from ftops.dataset.rows import decode_row
from tests.dataset.rows import LEGAL, RICH, line, mutated_lines


def is_plainly_legal(written: bytes, row_format: Format) -> bool:
    decoded = decode_row(written, row_format)
    if decoded is None:
        return False
    row, whole = decoded
    suspect = is_too_deep(written, whole) or repeats_a_key(written, whole)
    return not suspect and is_beyond_reproach(row)


@given(mutated_lines())
@settings(max_examples=600, deadline=None)
@example((b'{"messages":[{"role":"assistant","content":"a","content":"b"}]}', Format.CHAT))
@example((b'{"messages":[{"role":"assistant","content":"a","c\\u006fntent":"b"}]}', Format.CHAT))
@example((b'{"messages":[{"role":"assistant","content":"\\\\","content":""}]}', Format.CHAT))
@example((b'{"messages":[{"role":"user","content":"a","\\ud800":1}]}', Format.CHAT))
@example((b'{"messages":[{"role":"user","content":"a"}],"x":"\xff"}', Format.REINFORCEMENT))
@example((b'{"messages":[{"role":"user","content":"a"}],"x":1,"x":2}', Format.REINFORCEMENT))
def test_the_quick_path_accepts_exactly_what_the_explaining_one_has_no_words_for(
    case: tuple[bytes, Format],
) -> None:
    written, row_format = case
    row, findings = judge(written, row_format)
    plain = is_plainly_legal(written, row_format)
    assert plain == (not findings)
    # A float out of range is the one thing that only the decoder sees.
    assert plain == (not explain(written, row_format)) or b"e+" in written
    assert (row is None) == any(finding.severity is Severity.ERROR for finding in findings)


@given(st.binary(max_size=300), st.sampled_from(sorted(FORMAT_OF)))
@settings(max_examples=300, deadline=None)
def test_any_bytes_get_findings_and_never_a_traceback(content: bytes, method: str) -> None:
    checked = check_stream(io.BytesIO(content), method=method)
    assert checked.size == len(content)
    assert not checked.is_legal


@given(st.lists(mutated_lines(), min_size=2, max_size=8), st.sampled_from([0, 400, 1 << 20]))
@settings(max_examples=150, deadline=None)
def test_rows_are_told_in_a_file_as_each_alone_and_in_their_order(
    cases: list[tuple[bytes, Format]], waiting: int
) -> None:
    rows = [written.replace(b"\n", b" ") + b"\n" for written, _ in cases]
    # A file that begins so is told as a whole, and none of its lines alone.
    assume(not any(map(explain_no_lines, rows)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(line_look, "MOST_WAITING", waiting)
        whole = check_in_blocks(rows)
    alone = [check_in_blocks([row]) for row in rows]
    expected = [
        replace(finding, line=number)
        for number, told in enumerate(alone, 1)
        for finding in told.findings
        if finding.line is not None
    ]
    assert [finding for finding in whole.findings if finding.line is not None] == expected
    assert whole.examples == sum(told.examples for told in alone)
    assert whole.tokens == sum(told.tokens for told in alone)
    assert whole.trained_messages == sum(told.trained_messages for told in alone)


def check_in_blocks(rows: list[bytes]) -> Checked:
    """Check rows that are read a few at a time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "BLOCK", 300)
        content = io.BytesIO(b"".join(rows))
        return check_stream(content, method="supervised", role="validation")


LEAVES = st.none() | st.text(max_size=4) | st.integers()


@given(st.recursive(LEAVES, lambda deep: st.lists(deep) | st.dictionaries(st.text(), deep)))
@settings(max_examples=200, deadline=None)
def test_a_key_once_is_never_called_a_repeat(extra: object) -> None:
    written = json.dumps({**LEGAL[Format.REINFORCEMENT][0], "extra": extra}).encode()
    assert is_plainly_legal(written, Format.REINFORCEMENT)


@pytest.mark.parametrize(
    ("row", "row_format"),
    [
        pytest.param(row, row_format, id=f"{row_format} row {number}")
        for row_format, rows in LEGAL.items()
        for number, row in enumerate(rows)
    ],
)
def test_legal_rows_take_the_quick_path(row: object, row_format: Format) -> None:
    for written in (line(row), line(row, ensure_ascii=False), line(row).replace(b"\n", b"\r\n")):
        assert is_plainly_legal(written, row_format)
        assert explain(written, row_format) == []


def test_the_explaining_path_reads_the_same_row() -> None:
    value, findings = parse(line(RICH))
    assert (value, findings) == (RICH, [])
