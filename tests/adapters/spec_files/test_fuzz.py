"""No bytes make a traceback, and whatever is read is plain data that JSON can hold."""

import json
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.adapters.spec_files.text import decode
from ftops.adapters.spec_files.validation import parse
from ftops.adapters.spec_files.written.spec import FineTuneSpec
from ftops.adapters.spec_files.yaml_reader import (
    FASTEST,
    PURE_PYTHON,
    Loader,
    Reading,
    read_yaml,
)
from ftops.errors import Problem, SpecError

# Pieces that make YAML of most draws; pure noise rarely gets past the first character.
PIECES = (
    *("a", "b: ", "name: x", "model: y", "dataset: ", "train: z", "- ", "\n", "\n  ", "? ", ": "),
    *("[", "]", "{", "}", ",", "'", '"', "|", ">", "#", " ", "\t", "%YAML 1.2\n", "---\n", "..."),
    *("&x ", "*x", "<<: ", "!!str ", "!", "~", "1e-5", ".nan", "0x", "é", "\\", '"\\U', '"\\x00"'),
    *("\r\n", "\ufeff", "\u2028", "\x00", "\ud7ff", "\U0001f600", "suffix: ", "{{ git.sha }}"),
)
FILES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=40).map(lambda some: "".join(some).encode()),
)
SOME = settings(max_examples=200, deadline=None)


def readings(raw: bytes, loader: Loader) -> Reading:
    try:
        return read_yaml(decode(raw, "specs/a.yaml"), loader)
    except SpecError as refused:
        return Reading(documents=(), problems=refused.problems)


@pytest.mark.parametrize(
    "loader", [pytest.param(FASTEST, id="fastest"), pytest.param(PURE_PYTHON, id="pure Python")]
)
@SOME
@given(raw=FILES)
def test_any_bytes_give_plain_data_or_problems_with_a_place(raw: bytes, loader: Loader) -> None:
    read = readings(raw, loader)
    for problem in read.problems:
        assert problem.path == "specs/a.yaml"
        assert problem.message
        assert problem.line is None or problem.line >= 1
        assert problem.column is None or problem.column >= 1
        str(problem).encode()
    for document in read.documents:
        json.dumps(document.data, allow_nan=False, ensure_ascii=False).encode()


@SOME
@given(raw=FILES)
def test_any_document_is_a_spec_or_has_problems(raw: bytes) -> None:
    for document in readings(raw, FASTEST).documents:
        problems: list[Problem] = []
        spec = parse(FineTuneSpec, document, problems)
        assert (spec is None) == bool(problems or document.broken)


@SOME
@given(raw=FILES)
def test_both_parsers_read_the_same(raw: bytes) -> None:
    fast, pure = readings(raw, FASTEST), readings(raw, PURE_PYTHON)
    if not (fast.problems or pure.problems):
        assert [one.data for one in fast.documents] == [one.data for one in pure.documents]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 1_000_000, id="open brackets"),
        pytest.param("{a: " * 250_000, id="open mappings"),
        pytest.param("- " * 500_000, id="nested lists"),
        pytest.param("? " * 500_000, id="nested keys"),
        pytest.param("'" + "a " * 500_000, id="an open quote"),
        pytest.param("a: " + "b " * 500_000, id="one long text"),
        pytest.param("a\n" * 500_000, id="one long text of many lines"),
        pytest.param("".join(f"k{n}: 1\n" for n in range(70_000)), id="many keys"),
        pytest.param("a: |\n" + "  x\n" * 250_000, id="a long block"),
        pytest.param("#" * 1_000_000, id="a long comment"),
        pytest.param("---\n" * 250_000, id="many documents"),
        pytest.param("&" + "a" * 1_000_000 + " b", id="a long anchor"),
    ],
)
def test_a_file_of_the_largest_size_is_read_or_refused_in_bounded_time(text: str) -> None:
    began = process_time()
    read = readings(text.encode()[: 1024 * 1024], FASTEST)
    assert process_time() - began < 10
    assert all(len(problem.message) + len(problem.excerpt or "") < 500 for problem in read.problems)
