"""A file in blocks and lines: the same bytes and rows as line by line, with no line too large."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.dataset.concatenate import concatenate
from ftops.dataset.lines import OVERLONG, read_blocks, read_uploaded

CONTENT = st.lists(
    st.sampled_from(
        [b"", b"\n", b"\r\n", b"a", b"bb\n", b"\xef\xbb\xbf", b"longer than 12", b"\n\n"]
    )
).map(b"".join)


def read(content: bytes, *, alone: bool = True) -> tuple[bytes, list[bytes]]:
    blocks = list(read_blocks(io.BytesIO(content), alone=alone))
    written = b"".join(block.uploaded for block in blocks)
    for _, lines, end in blocks:
        known = b"".join(line for line in lines if line is not OVERLONG)
        assert OVERLONG in lines or content[:end].endswith(known)
    return written, [one for _, lines, _ in blocks for one in lines]


@given(CONTENT, st.integers(3, 9), st.booleans())
@settings(max_examples=300, deadline=None)
def test_blocks_are_what_is_uploaded_and_lines_what_is_written(
    content: bytes,
    block: int,
    alone: bool,  # noqa: FBT001 - drawn
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ftops.dataset.lines.BLOCK", block)
        uploaded, lines = read(content, alone=alone)
        assert b"".join(read_uploaded(io.BytesIO(content), alone=alone)) == uploaded
    # A lone file goes up as it is; beside an empty one it goes up as one of several.
    streams = [io.BytesIO(content)] if alone else [io.BytesIO(content), io.BytesIO()]
    assert uploaded == b"".join(concatenate(streams))
    assert lines == list(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        pytest.param(b"x" * 11 + b"\n", [b"x" * 11 + b"\n"], id="one byte less than too long"),
        pytest.param(b"x" * 12 + b"\ny\n", [OVERLONG, b"y\n"], id="too long"),
        pytest.param(b"y\n" + b"x" * 50, [b"y\n", OVERLONG], id="too long at the end"),
        pytest.param(b"x" * 50 + b"\n" + b"y" * 50, [OVERLONG, OVERLONG], id="too long twice"),
    ],
)
def test_a_line_beyond_all_rows_is_not_kept(
    content: bytes, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftops.dataset.lines.BLOCK", 5)
    monkeypatch.setattr("ftops.dataset.concatenate.MAX_ROW_BYTES", 12)
    uploaded, found = read(content)
    assert uploaded == content
    assert found == lines
    assert [one is OVERLONG for one in found] == [one is OVERLONG for one in lines]


def test_a_line_that_reads_like_the_mark_of_an_overlong_one_is_a_line() -> None:
    _, [line] = read(bytes(OVERLONG))
    assert line == OVERLONG
    assert line is not OVERLONG
