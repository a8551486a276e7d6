"""The definition of added, removed and edited, case by case."""

import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.dataset.changes.compare import compare
from ftops.dataset.changes.data_change import RowChanges
from ftops.dataset.changes.row_index import RowIndex


def index(rows: list[str]) -> RowIndex:
    """Return the index of rows written `prompt:answer`; an empty answer is none."""

    def digest(text: str) -> int:
        return int.from_bytes(text.encode().ljust(8)[:8], "big") if text else 0

    made = RowIndex()
    for row in rows:
        prompt, _, answer = row.partition(":")
        made.note(digest(row), digest(prompt), digest(answer))
    return made


def told(old: str, new: str) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    found = compare(index(old.split()), index(new.split()))
    return list(found.added), list(found.removed), list(found.edited)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("a:1 b:2", "a:1 b:2", ([], [], []), id="nothing changed"),
        pytest.param("a:1 b:2", "a:1 b:2 c:3", ([2], [], []), id="a row was appended"),
        pytest.param("a:1 b:2", "c:3 a:1 b:2", ([0], [], []), id="a row was put first"),
        pytest.param("a:1 b:2 c:3", "a:1 c:3", ([], [1], []), id="a row went"),
        pytest.param("a:1 b:2 c:3", "a:1 b:9 c:3", ([], [], [(1, 1)]), id="another answer"),
        pytest.param("a:1 b:2 c:3", "c:3 a:1 b:9", ([], [], [(1, 2)]), id="edited and moved"),
        pytest.param("a:1 b:2 c:3", "a:1 x:2 c:3", ([], [], [(1, 1)]), id="another prompt"),
        pytest.param("a:1 b:2 c:3", "a:1 x:9 c:3", ([], [], [(1, 1)]), id="rewritten in place"),
        pytest.param("a:1 b:2", "a:1 x:8 y:9", ([1, 2], [1], []), id="one went, two came"),
        pytest.param("a:1 b:2", "x:8 y:9", ([0, 1], [0, 1], []), id="all is new"),
        pytest.param(
            "a:1 b:2 z:0", "y:2 z:0 d:8", ([2], [0], [(1, 0)]), id="an answer known again"
        ),
        pytest.param(
            "a:1 b:1 z:0", "y:1 z:0", ([0], [0, 1], []), id="an answer of two rows is no name"
        ),
        pytest.param("a: z:0", "z:0 b:", ([1], [0], []), id="no answer is no name"),
        pytest.param("a:1 a:1", "a:1", ([], [1], []), id="one of two copies went"),
        pytest.param("", "a:1", ([0], [], []), id="from nothing"),
        pytest.param("a:1", "", ([], [0], []), id="to nothing"),
    ],
)
def test_rows_are_told_apart(
    old: str, new: str, expected: tuple[list[int], list[int], list[tuple[int, int]]]
) -> None:
    assert told(old, new) == expected


def test_another_order_is_no_change_but_told() -> None:
    found = compare(index(["a:1", "b:2", "c:3"]), index(["c:3", "a:1", "b:2"]))
    assert found.is_empty
    assert found.is_reordered
    assert found.unchanged == 3


ROWS = st.lists(
    st.builds("{}:{}".format, st.sampled_from("abcd"), st.sampled_from("123")), max_size=12
)


def accounts(found: RowChanges) -> None:
    olds = [*found.removed, *(old for old, _ in found.edited)]
    news = [*found.added, *(new for _, new in found.edited)]
    assert len(set(olds)) == len(olds)
    assert len(set(news)) == len(news)
    assert found.before - len(olds) == found.after - len(news) == found.unchanged


@given(ROWS, ROWS)
def test_every_row_is_accounted_for_once(old: list[str], new: list[str]) -> None:
    accounts(compare(index(old), index(new)))


@given(ROWS, st.randoms(use_true_random=False))
def test_the_same_rows_are_no_change_in_any_order(old: list[str], dice: random.Random) -> None:
    new = dice.sample(old, len(old))
    assert compare(index(old), index(new)).is_empty


@given(ROWS, ROWS)
def test_forth_and_back_tell_the_same(old: list[str], new: list[str]) -> None:
    forth, back = compare(index(old), index(new)), compare(index(new), index(old))
    assert len(forth.added) == len(back.removed)
    assert len(forth.edited) == len(back.edited)


def test_an_index_is_columns_of_numbers() -> None:
    assert isinstance(index(["a:1"]).rows, array)
