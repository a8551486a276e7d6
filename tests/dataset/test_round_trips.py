"""Rows we call legal survive being read and written; a row that is not is told at its line."""

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftops.dataset.check import check_stream
from ftops.dataset.finding import AMOUNTS
from ftops.dataset.formats import FORMAT_OF, Format
from ftops.dataset.judge import judge
from ftops.dataset.rows import read_rows
from tests.dataset.legal_rows import LEGAL_ROWS
from tests.dataset.rows import LEGAL, line, mutated_lines

METHOD_OF = {row_format: method for method, row_format in FORMAT_OF.items()}


@given(LEGAL_ROWS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_legal_row_round_trips(case: tuple[dict[str, Any], Format], escaped: bool) -> None:  # noqa: FBT001 - drawn
    row, row_format = case
    written = line(row, ensure_ascii=escaped)
    legal, findings = judge(written, row_format)
    assert findings == []
    assert legal is not None
    plain = msgspec.to_builtins(legal)
    if row_format is not Format.REINFORCEMENT:
        assert plain == row
    assert list(read_rows(io.BytesIO(written))) == [row]
    again, still = judge(msgspec.json.encode(row) + b"\n", row_format)
    assert (again, still) == (legal, [])


@given(mutated_lines(), st.integers(0, 11))
@settings(max_examples=200, deadline=None)
@example((b'{"messages":[]}\n', Format.CHAT), 0)
@example((b"\xef\xbb\xbf{}", Format.CHAT), 11)
@example((b"{\n", Format.CHAT), 1)
def test_a_mutation_is_legal_or_told_at_its_line(case: tuple[bytes, Format], at: int) -> None:
    written, row_format = case
    mutant = written.replace(b"\n", b" ") + b"\n"
    good = [line(LEGAL[row_format][0])] * 12
    content = b"".join([*good[:at], mutant, *good[at:]])
    checked = check_stream(io.BytesIO(content), method=METHOD_OF[row_format])
    assert {finding.line for finding in checked.findings} <= {at + 1}
    assert AMOUNTS.isdisjoint(finding.code for finding in checked.findings)
    _, alone = judge(mutant.removesuffix(b"\n"), row_format)
    if at:
        told = [(one.code, one.path, one.message) for one in checked.findings]
        assert told == [(one.code, one.path, one.message) for one in alone]
    for finding in checked.findings:
        if finding.column is not None:
            text = mutant.decode("utf-8", "replace")
            assert 1 <= finding.column <= len(text) + 1
            assert finding.excerpt is not None
            shown, caret = finding.excerpt.split("\n")
            assert caret.strip() == "^"
            assert shown


@pytest.mark.parametrize("row_format", Format)
def test_the_strategies_make_rows_of_every_format(row_format: Format) -> None:
    for row in LEGAL[row_format]:
        assert list(read_rows(io.BytesIO(line(row)))) == [json.loads(line(row))]
