"""Split laws: a partition in order, no leak, stable under append, no empty side."""

from collections.abc import Iterable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ftops.dataset.shaping.split import decide_split

ROWS = st.lists(st.integers(0, 60).map(lambda n: b'{"n": %d}\n' % n), max_size=60)
FRACTIONS = st.floats(0.01, 0.99)
SEEDS = st.integers(0, 2**32)


def split(
    rows: Iterable[bytes], fraction: float, seed: int = 42
) -> tuple[list[bytes], list[bytes]]:
    kept = list(rows)
    decided = decide_split(kept, fraction=fraction, seed=seed)
    return list(decided.training(kept)), list(decided.validation(kept))


def restore(rows: list[bytes], training: list[bytes], validation: list[bytes]) -> list[bytes]:
    """Merge both sides again in the order of the rows."""
    sides = (iter(training), iter(validation))
    return [next(sides[row in validation]) for row in rows]


@given(ROWS, FRACTIONS, SEEDS)
def test_both_sides_together_are_the_rows_in_their_order(
    rows: list[bytes], fraction: float, seed: int
) -> None:
    training, validation = split(rows, fraction, seed)
    assert len(training) + len(validation) == len(rows)
    assert restore(rows, training, validation) == rows


@given(ROWS, FRACTIONS, SEEDS)
def test_equal_rows_never_leak(rows: list[bytes], fraction: float, seed: int) -> None:
    training, validation = split(rows, fraction, seed)
    assert not set(training) & set(validation)


@given(ROWS, FRACTIONS, SEEDS)
def test_no_side_is_empty_once_two_rows_differ(
    rows: list[bytes], fraction: float, seed: int
) -> None:
    assume(len(set(rows)) >= 2)
    training, validation = split(rows, fraction, seed)
    assert training
    assert validation


@given(ROWS, FRACTIONS, SEEDS)
def test_order_does_not_matter(rows: list[bytes], fraction: float, seed: int) -> None:
    before = split(rows, fraction, seed)
    after = split(sorted(rows), fraction, seed)
    assert [sorted(side) for side in before] == [sorted(side) for side in after]


@given(ROWS, ROWS, FRACTIONS, SEEDS)
def test_appended_rows_move_no_other_but_one_that_filled_an_empty_side(
    rows: list[bytes], more: list[bytes], fraction: float, seed: int
) -> None:
    before = set(split(rows, fraction, seed)[1])
    after = set(split(rows + more, fraction, seed)[1]) & set(rows)
    wanted = int(fraction * 2**64)
    borders = [
        decide_split(kept, fraction=fraction, seed=seed).border for kept in (rows, rows + more)
    ]
    assert len(before ^ after) <= int(borders != [wanted, wanted])


def test_the_fraction_is_kept_on_average() -> None:
    _, validation = split((b"%d" % n for n in range(5000)), 0.1)
    assert 430 < len(validation) < 570


def test_another_seed_is_another_split() -> None:
    rows = [b"%d\n" % n for n in range(100)]
    assert split(rows, 0.5, seed=1) != split(rows, 0.5, seed=2)


def test_line_ends_marks_and_blank_lines_are_no_part_of_a_row() -> None:
    rows = [b'\xef\xbb\xbf{"n": 1}\r\n', b"\n", b'{"n": 1}', b'{"n": 2}\n']
    training, validation = split(rows, 0.5)
    assert sorted(training + validation) == [b'{"n": 1}\n', b'{"n": 1}\n', b'{"n": 2}\n']
    assert not set(training) & set(validation)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, float("nan")])
def test_a_fraction_outside_0_and_1_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        decide_split([], fraction=fraction, seed=1)
