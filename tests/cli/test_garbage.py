"""How seldom garbage is looked for, and that the habit ends with the block."""

import gc

import pytest

from ftops.cli.garbage import MOST_YOUNG, collecting_rarely
from tests.cli.scene import Scene


def test_nothing_is_looked_through_within_the_block() -> None:
    usual = gc.get_threshold()
    with collecting_rarely():
        gc.collect()
        before = gc.get_stats()[0]["collections"]
        kept = [[number] for number in range(MOST_YOUNG // 2)]
        assert gc.get_stats()[0]["collections"] == before
    assert (len(kept), gc.get_threshold()) == (MOST_YOUNG // 2, usual)


def test_an_error_ends_it_too() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="no plan"), collecting_rarely():
        raise ValueError("no plan")
    assert gc.get_threshold() == usual


def test_a_plan_leaves_no_trace_of_it(at: Scene) -> None:
    usual = gc.get_threshold()
    assert at.ftops("plan").code == 0
    assert gc.get_threshold() == usual
