"""Quotes are counted as Python counts them, and those around strings as a parser sees them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.dataset.legal.quotes import count_escaped, count_marks, count_quotes

TEXTS = st.text(st.sampled_from('a"\\/\nü🎉\x00'))
VALUES = st.recursive(
    TEXTS | st.none() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(st.binary())
def test_all_quotes_are_counted(text: bytes) -> None:
    """Whatever the bytes are."""
    assert count_quotes(text) == text.count(b'"')


@pytest.mark.parametrize("size", [*range(130), 4095, 4096, 4097, 1 << 20])
def test_every_length_is_counted_to_its_end(size: int) -> None:
    """The registers are wider than a byte; a text ends anywhere."""
    assert count_quotes(b'"' * size) == size


@given(VALUES, st.booleans())
def test_two_quotes_mark_each_string(value: object, ascii_only: bool) -> None:  # noqa: FBT001
    """However its texts are escaped."""
    line = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert count_marks(line) == 2 * count_strings(value)


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        pytest.param(rb'"a"', 0, id="none"),
        pytest.param(rb'"\""', 1, id="one"),
        pytest.param(rb'"\\"', 0, id="a backslash at the end of a text"),
        pytest.param(rb'"\\\""', 1, id="a backslash before a quote"),
        pytest.param(rb'"\\\\"', 0, id="two backslashes at the end"),
        pytest.param(rb'"\"\"\\\"\\"', 3, id="many"),
        pytest.param(rb'"\u0022"', 0, id="a quote by its number"),
    ],
)
def test_quotes_within_texts_are_told_from_their_ends(line: bytes, escaped: int) -> None:
    """A backslash may itself be escaped."""
    assert count_escaped(line) == escaped


def count_strings(value: object) -> int:
    """Return how many strings there are, keys included."""
    if isinstance(value, str):
        return 1
    if isinstance(value, list):
        return sum(map(count_strings, value))
    if isinstance(value, dict):
        return len(value) + sum(map(count_strings, value.values()))
    return 0
