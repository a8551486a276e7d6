"""YAML → plain data, and every refusal with its line, column and hint; over both parsers."""

import pytest
import yaml

from ftops.adapters.spec_files.syntax_errors import syntax_problem
from ftops.adapters.spec_files.text import decode
from ftops.adapters.spec_files.yaml_reader import (
    FASTEST,
    MAX_DEPTH,
    MAX_NODES,
    MAX_PROBLEMS,
    PURE_PYTHON,
    Loader,
    Reading,
    read_yaml,
)
from ftops.errors import Problem

both_parsers = pytest.mark.parametrize(
    "loader", [pytest.param(FASTEST, id="fastest"), pytest.param(PURE_PYTHON, id="pure Python")]
)


def reading(text: str, loader: Loader = FASTEST) -> Reading:
    return read_yaml(decode(text.encode(), "specs/a.yaml"), loader)


def plain(text: str, loader: Loader = FASTEST) -> object:
    read = reading(text, loader)
    assert read.problems == ()
    (document,) = read.documents
    return document.data


@both_parsers
@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("a: 1e-5\nb: no\n", {"a": 1e-5, "b": "no"}, id="YAML 1.2 scalars"),
        pytest.param("a: 'no'\nb: \"1\"", {"a": "no", "b": "1"}, id="quoted is text"),
        pytest.param("a: |\n  x\n  y\n", {"a": "x\ny\n"}, id="a literal block"),
        pytest.param("a: >-\n  x\n  y\n", {"a": "x y"}, id="a folded block"),
        pytest.param("a: {b: [1, {c: ~}]}", {"a": {"b": [1, {"c": None}]}}, id="flow style"),
        pytest.param("a:\n- 1\n-\n  - 2\n", {"a": [1, [2]]}, id="lists"),
        pytest.param("? a\n: 1\n", {"a": 1}, id="an explicit key"),
        pytest.param("a:\nb:\n", {"a": None, "b": None}, id="keys without values"),
        pytest.param('a: "\\u00e9\\n"', {"a": "é\n"}, id="escapes"),
        pytest.param('"1": x', {"1": "x"}, id="a quoted number is a key"),
        pytest.param('"<<": x', {"<<": "x"}, id="a quoted merge key is a key"),
        pytest.param("a: # note\n  b: 1 # note\n", {"a": {"b": 1}}, id="comments"),
        pytest.param("%YAML 1.2\n---\na: 1\n", {"a": 1}, id="the right version"),
        pytest.param("- 1", [1], id="a list alone"),
        pytest.param("text", "text", id="a text alone"),
    ],
)
def test_yaml_is_read_as_plain_data(text: str, data: object, loader: Loader) -> None:
    assert plain(text, loader) == data


@both_parsers
@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("# only a comment\n", 0, id="a comment"),
        pytest.param("---\n", 1, id="a mark"),
        pytest.param("a: 1\n---\na: 2\n", 2, id="two"),
        pytest.param("a: 1\n...\n", 1, id="an end mark"),
    ],
)
def test_a_file_holds_documents(text: str, count: int, loader: Loader) -> None:
    read = reading(text, loader)
    assert len(read.documents) == count
    assert read.problems == ()


def test_every_node_has_its_place() -> None:
    (document,) = reading("a: 1\nb:\n  - x\n  - {c: yes}\nd:\n").documents
    places = {
        path: document.source.place(span.best_offset) for path, span in document.spans.items()
    }
    assert places == {
        (): (1, 1),
        ("a",): (1, 4),
        ("b",): (3, 3),
        ("b", 0): (3, 5),
        ("b", 1): (4, 5),
        ("b", 1, "c"): (4, 9),
        ("d",): (5, 1),
    }
    assert document.spelled(("b", 1, "c")) == "yes"
    assert document.spelled(("absent",)) is None


REFUSALS = [
    pytest.param(
        "a: 1\nb: 2\na: 3\n",
        (3, 1, "the key a stands here twice, first on line 1", "keep one of the two"),
        id="a duplicate key",
    ),
    pytest.param(
        "a: {b: 1, b: 1}",
        (1, 11, "the key b stands here twice, first on line 1", "keep one of the two"),
        id="a duplicate key in flow style",
    ),
    pytest.param(
        "a: &x 1\n",
        (1, 4, "the anchor &x", "remove it; what all specs share"),
        id="an anchor on a text",
    ),
    pytest.param("a: &x [1]\n", (1, 4, "the anchor &x", "remove it"), id="an anchor on a list"),
    pytest.param("a: *x\n", (1, 4, "the alias *x", "write the value out"), id="an alias"),
    pytest.param("*x : 1\n", (1, 1, "the alias *x", "write the value out"), id="an alias as key"),
    pytest.param(
        "a:\n  <<: {b: 1}\n",
        (2, 3, "the merge key <<", "write the keys out; what all specs share"),
        id="a merge key",
    ),
    pytest.param(
        "a: !!python/object/apply:os.system [x]\n",
        (1, 4, "the tag !!python/object/apply:os.system", "remove it: a spec is plain data"),
        id="a Python tag",
    ),
    pytest.param("a: !!str 1\n", (1, 4, "the tag !!str", "remove it"), id="a standard tag"),
    pytest.param("a: ! 1\n", (1, 4, "the tag !", "remove it"), id="a tag without a name"),
    pytest.param(
        "a: !mine {b: 1}\n", (1, 4, "the tag !mine", "remove it"), id="a tag of one's own"
    ),
    pytest.param("!!str a: 1\n", (1, 1, "the tag !!str", "remove it"), id="a tag on a key"),
    pytest.param(
        "a: .nan\n",
        (1, 4, ".nan is no number that can be trained with", 'quote it if it is text: ".nan"'),
        id="NaN",
    ),
    pytest.param("a: [1, .inf]\n", (1, 8, ".inf is no number", "quote it"), id="infinity"),
    pytest.param("a: 1e999\n", (1, 4, "a number too large", "quote it"), id="an infinite real"),
    pytest.param(
        "a: 99999999999999999999\n",
        (1, 4, "a whole number of more than 64 bits", "quote it"),
        id="a giant number",
    ),
    pytest.param("1: x\n", (1, 1, "the key 1 is no text", 'quote it: "1"'), id="a number as key"),
    pytest.param(
        "true: x\n", (1, 1, "the key true is no text", 'quote it: "true"'), id="a boolean as key"
    ),
    pytest.param("~: x\n", (1, 1, "the key ~ is no text", "quote it"), id="a null as key"),
    pytest.param(".nan: x\n", (1, 1, "the key .nan is no text", "quote it"), id="NaN as key"),
    pytest.param("?\n: x\n", (1, 2, "a key without a name", "quote it"), id="no key"),
    pytest.param(
        "[a]: x\n",
        (1, 1, "a mapping or a list cannot be a key", "a key is plain text"),
        id="a list as key",
    ),
    pytest.param(
        "suffix: {{ git.sha }}\n",
        (1, 10, "a mapping or a list cannot be a key", "put the template in quotes"),
        id="a template without quotes",
    ),
    pytest.param(
        "? {a: b}\n: x\n", (1, 3, "a mapping or a list cannot be a key", ""), id="a mapping as key"
    ),
    pytest.param(
        'a: "\\0"\n', (1, 4, "an escape that stands for no text", "remove it"), id="an escaped NUL"
    ),
    pytest.param(
        '"\\e": 1\n', (1, 1, "an escape that stands for no text", "remove it"), id="a key of ESC"
    ),
    pytest.param(
        "%YAML 1.1\n---\na: 1\n",
        (1, 1, "declares a YAML version other than 1.2", "remove the %YAML line"),
        id="another YAML version",
    ),
    pytest.param(
        "%TAG !e! tag:example.com,2000:\n---\na: 1\n",
        (1, 1, "declares YAML tags", "remove the %TAG line"),
        id="a tag directive",
    ),
    pytest.param(
        "a: " + "[" * MAX_DEPTH,
        (1, 3 + MAX_DEPTH, f"nested deeper than {MAX_DEPTH} levels", "flatten it"),
        id="nested too deeply",
    ),
]

SYNTAX_ERRORS = [
    pytest.param("a: b: c\n", (1, 5), "in quotes", id="a colon in text"),
    pytest.param("a:\n\tb: 1\n", (2, 1), "spaces, not with tabs", id="a tab"),
    pytest.param("a: 'x\n", (1, 4), "close the quote that begins here", id="an open quote"),
    pytest.param("a: [1, 2\nb: 3\n", (2, 2), "close the list with ]", id="an open list"),
    pytest.param("a: {b: ${KEY}}\n", (1, 9), 'in quotes, as "${NAME}"', id="a bare variable"),
    pytest.param("a: {b: 1\nc: 3\n", (2, 2), "close the mapping with }", id="an open mapping"),
    pytest.param("a: @x\n", (1, 4), "put the text in quotes", id="an at sign"),
    pytest.param('a: "\\q"\n', (1, 5), "a backslash is written", id="an unknown escape"),
    pytest.param("a: 1\n b: 2\n", (2, 3), "in quotes, and check the indent", id="a wrong indent"),
    pytest.param("a:\n   b: 1\n  c: 2\n", (3, 3), "begin in the same column", id="an odd indent"),
    pytest.param("a: !e!x 1\n", (1, 4), "remove the tag", id="an undeclared tag handle"),
    pytest.param("a: & 1\n", (1, 5), "begins with & or *", id="an anchor without a name"),
]


def found(text: str, loader: Loader) -> Problem:
    problem = reading(text, loader).problems[0]
    assert problem.path == "specs/a.yaml"
    assert problem.excerpt is not None
    source_line, caret_line = problem.excerpt.split("\n")
    assert source_line == text.splitlines()[(problem.line or 0) - 1]
    assert len(caret_line.expandtabs(1)) == problem.column
    return problem


@both_parsers
@pytest.mark.parametrize(("text", "expected"), REFUSALS)
def test_what_could_surprise_is_refused_where_it_stands(
    text: str, expected: tuple[int, int, str, str], loader: Loader
) -> None:
    line, column, message, hint = expected
    problem = found(text, loader)
    assert (problem.line, problem.column) == (line, column)
    assert problem.message.startswith(message)
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(("text", "place", "hint"), SYNTAX_ERRORS)
def test_broken_yaml_is_refused_with_a_cure(text: str, place: tuple[int, int], hint: str) -> None:
    problem = found(text, FASTEST)
    assert (problem.line, problem.column) == place
    assert problem.message.startswith("not valid YAML: ")
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(("text", "place", "hint"), SYNTAX_ERRORS)
def test_the_pure_python_parser_refuses_the_same(
    text: str, place: tuple[int, int], hint: str
) -> None:
    problem = found(text, PURE_PYTHON)
    assert problem.line == place[0]
    assert problem.message.startswith("not valid YAML: ")
    assert problem.hint
    assert hint


def test_an_impossible_escape_is_refused_by_the_pure_python_parser() -> None:
    problem = found('a: 1\nb: "\\UFFFFFFFF"\n', PURE_PYTHON)
    assert (problem.line, problem.message) == (2, "not valid YAML: an escape that is no character")


def test_an_error_without_a_place_is_still_told() -> None:
    source = decode(b"a: 1", "specs/a.yaml")
    problem = syntax_problem(source, yaml.YAMLError("?"))
    assert (problem.place, problem.message) == ("specs/a.yaml", "not valid YAML")
    unplaced = syntax_problem(source, yaml.MarkedYAMLError(problem="odd"))
    assert (unplaced.place, unplaced.message) == ("specs/a.yaml:1:5", "not valid YAML: odd")


def test_every_finding_of_a_file_is_reported() -> None:
    read = reading("a: &x 1\nb: *x\na: .nan\n1: 2\n")
    assert [(one.line, one.column) for one in read.problems] == [
        (1, 4),
        (2, 4),
        (3, 1),
        (3, 4),
        (4, 1),
    ]
    (document,) = read.documents
    assert document.broken == {("a",), ("b",), ("1",)}


def test_documents_before_broken_yaml_are_kept() -> None:
    read = reading("a: 1\n---\na: b: c\n")
    assert [document.data for document in read.documents] == [{"a": 1}]
    assert [problem.line for problem in read.problems] == [3]


def test_a_flood_of_findings_ends_the_reading() -> None:
    read = reading("[" + "*a," * 5000 + "]")
    assert len(read.problems) == MAX_PROBLEMS + 1
    assert read.problems[-1].message == "too many findings; the rest was not read"


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    levels = ["a0: &a0 [x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    read = reading("\n".join(levels))
    assert read.problems[0].message == "the anchor &a0"
    assert len(read.problems) == MAX_PROBLEMS + 1


def test_too_many_values_are_refused() -> None:
    read = reading("[" + "1," * MAX_NODES + "]")
    assert [problem.message for problem in read.problems] == [f"more than {MAX_NODES} values"]


def test_the_deepest_nesting_is_read() -> None:
    depth = MAX_DEPTH - 1
    data: object = []
    for _ in range(depth - 1):
        data = [data]
    assert plain("a: " + "[" * depth + "]" * depth) == {"a": data}
