"""The same storms with changes carried out side by side, as apply does it.

All threads share one fake clock, so one thread's sleep ages the others' intents: the lag is kept
so small that not even all of it together outlasts the window.
"""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.laws.search import DEEP, QUICK
from tests.laws.storms import Storm, is_settled, paid_twice, storms, weather

SMALL_LAG = 30


def check(storm: Storm) -> None:
    few = tuple(project[:3] for project in storm.projects)
    stage = weather(replace(storm, projects=few, lag=min(storm.lag, SMALL_LAG)))
    assert paid_twice(stage.provider.created) == []
    assert is_settled(stage)
    assert len(stage.provider.created) == len(stage.specs)


@QUICK
@given(storms())
def test_side_by_side_nobody_pays_twice(storm: Storm) -> None:
    check(storm)


@pytest.mark.deep
@DEEP
@given(storms())
def test_side_by_side_nobody_pays_twice_searched_deeply(storm: Storm) -> None:
    check(storm)
