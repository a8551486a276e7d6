"""What is told of a row: short, and nothing private."""

import json

import pytest

from ftops.dataset.changes.compare import compare
from ftops.dataset.changes.data_change import Edit
from ftops.dataset.changes.excerpts import LONGEST, MOST_EDITS, edits, gist
from ftops.dataset.changes.read_placed import read_placed
from ftops.dataset.changes.row_index import PlacedRows
from ftops.dataset.changes.tell import Texts, in_order, tell
from tests.dataset.changes.test_reading import row

MAIL = "ann.smith@qualo.net"


def line(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(row("Where?", "Here."), "Where? → Here.", id="question and answer"),
        pytest.param(row(f"I am {MAIL}", "Ok."), "I am a***@q***.net → Ok.", id="private"),
        pytest.param(row("x" * 99, "Ok."), f"{'x' * LONGEST}… → Ok.", id="long"),
        pytest.param(
            line(
                {
                    "input": {"messages": [{"role": "user", "content": "Hi"}]},
                    "preferred_output": [{"role": "assistant", "content": "Hello!"}],
                    "non_preferred_output": [{"role": "assistant", "content": "What?"}],
                }
            ),
            "Hi → Hello!",
            id="a preference",
        ),
        pytest.param(
            line(
                {
                    "messages": [
                        {
                            "role": "user",
                            "content": [
                                {"type": "image_url", "image_url": {"url": "https://x.test/a"}},
                                {"type": "text", "text": "What is it?"},
                            ],
                        }
                    ],
                    "answer": 7,
                }
            ),
            "What is it?",
            id="parts, and no answer",
        ),
        pytest.param(line({"messages": [1]}), '{"messages":[1]}', id="no messages at all"),
        pytest.param(b"{", "(it cannot be shown)", id="no JSON"),
        pytest.param(b"[" * 600 + b"]" * 600, "(it cannot be shown)", id="nested too deep"),
    ],
)
def test_a_row_in_a_few_words(written: bytes, expected: str) -> None:
    assert gist(written) == expected


def test_an_edit_is_told_from_shortly_before_it() -> None:
    old, new = row("q", "word " * 40 + "old end"), row("q", "word " * 40 + "new end")
    (edit,) = edits(old, new)
    assert edit.path == "messages[1].content"
    assert edit.old is not None
    assert edit.old.startswith("…")
    assert edit.old.endswith("word old end")
    assert len(edit.old) <= LONGEST + 2


def test_what_came_and_what_went_is_told() -> None:
    old = row("q", "a")
    new = line({**json.loads(old), "tools": [1]})
    assert edits(old, new) == (Edit(path="tools", old=None, new="[1]"),)
    assert edits(new, old) == (Edit(path="tools", old="[1]", new=None),)


def test_true_is_not_one() -> None:
    assert edits(b'{"a": 1}', b'{"a": true}') == (Edit(path="a", old="1", new="true"),)


def test_only_the_first_edits_are_told() -> None:
    old = {str(n): "a" for n in range(9)}
    assert len(edits(line(old), line(dict.fromkeys(old, "b")))) == MOST_EDITS


def test_an_edit_of_a_hidden_value_shows_nothing_of_it() -> None:
    assert edits(row("q", MAIL), row("q", "anton@quince.net")) == ()
    told = edits(row("q", "call"), row("q", f"write to {MAIL}"))
    assert MAIL not in str(told)


def test_an_edit_of_what_cannot_be_read_says_so() -> None:
    assert edits(b"{", b"{}") == (
        Edit(path="", old="(it cannot be shown)", new="(it cannot be shown)"),
    )


def test_rows_are_told_where_they_stand() -> None:
    def read(*lines: bytes) -> PlacedRows:
        return read_placed([(0, n, each) for n, each in enumerate(lines, 1)], ("a",), "supervised")

    a, b, c, d = (row(name, name) for name in "abcd")
    edited = row("b", "B")
    old, new = read(a, b, c), read(d, a, edited)
    changes = compare(old.index, new.index)
    texts = Texts(old={1: b, 2: c}, new={0: d, 2: edited})
    told = [tell(one, new, texts) for one in in_order(changes)]
    assert [(one.what, one.file, one.line, one.old_row, one.gist) for one in told] == [
        ("added", "a", 1, None, "d → d"),
        ("edited", "a", 3, 2, "b → B"),
        ("removed", None, None, 3, "c → c"),
    ]
    assert told[0].edits is None
    assert told[1].edits == (Edit(path="messages[1].content", old="b", new="B"),)
    untold = [tell(one, new, Texts(old={}, new={})) for one in in_order(changes)]
    assert [one.gist for one in untold] == [None, None, None]
