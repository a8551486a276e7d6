"""Once is enough: what was applied, renamed, lost or reverted is found again, never made again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.core.desired import Declared
from ftops.core.outcome import Settled
from tests.fakes.stage import Stage
from tests.laws.projects import NAMES, Project, edited, projects, relabelled, renamed
from tests.laws.search import DEEP, QUICK
from tests.laws.storms import LONGEST_LAG, calm_down, is_settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What exists on a stage, as far as a repeated run could change it."""

    locks: Mapping[str, Mapping[str, Any]]
    posts: int
    uploads: int
    writes: int


def made(stage: Stage) -> Made:
    return Made(
        locks={name: lock.to_plain() for name, lock in stage.locks.read().items()},
        posts=stage.provider.posts,
        uploads=stage.provider.uploads,
        writes=len(stage.locks.writes),
    )


def applied(project: Project, lag: float = 0) -> Stage:
    """Return a stage on which the project was applied once."""
    stage = Stage(*project)
    stage.provider.listing_lag = lag
    assert all(isinstance(outcome, Settled) for outcome in stage.apply())
    return stage


LAGS = st.sampled_from([0, 60, LONGEST_LAG])
SOME = st.frozensets(st.sampled_from(NAMES))


def check_twice_is_once(project: Project, lag: float, gap: float) -> None:
    stage = applied(project, lag)
    once = made(stage)
    stage.clock.advance(gap)
    assert is_settled(stage)
    assert all(isinstance(outcome, Settled) for outcome in stage.apply())
    assert made(stage) == once


@QUICK
@given(projects(), LAGS, st.sampled_from([0, 3_600]))
def test_applying_twice_is_applying_once(project: Project, lag: float, gap: float) -> None:
    check_twice_is_once(project, lag, gap)


@pytest.mark.deep
@DEEP
@given(projects(most=5), LAGS, st.integers(0, 3_600))
def test_applying_twice_is_applying_once_searched_deeply(
    project: Project, lag: float, gap: float
) -> None:
    check_twice_is_once(project, lag, gap)


@QUICK
@given(projects(), LAGS, SOME)
def test_a_deleted_lock_comes_back_byte_for_byte(
    project: Project, lag: float, lost: frozenset[str]
) -> None:
    stage = applied(project, lag)
    once = made(stage)
    for name in stage.locks.read():
        if name in lost:
            stage.locks.remove(name)
    calm_down(stage)
    assert is_settled(stage)
    assert (made(stage).locks, made(stage).posts) == (once.locks, once.posts)


def at_commit(project: Project, sha: str) -> Project:
    """Return the project with metadata that a template makes of the commit."""
    return tuple(
        replace(
            one,
            spec=replace(one.spec, metadata={**one.spec.metadata, "commit": sha}),
            volatile_metadata=frozenset({"commit"}),
        )
        for one in project
    )


@QUICK
@given(projects(), SOME)
def test_a_commit_alone_is_no_difference_not_even_to_a_lost_lock(
    project: Project, lost: frozenset[str]
) -> None:
    stage = applied(at_commit(project, "abc"))
    once = made(stage)
    stage.declare(*at_commit(project, "def"))
    assert is_settled(stage)
    for name in stage.locks.read():
        if name in lost:
            stage.locks.remove(name)
    stage.apply()
    assert (made(stage).locks, made(stage).posts) == (once.locks, once.posts)


@QUICK
@given(projects(), LAGS, SOME)
def test_a_reverted_edit_restores_the_locks_and_trains_nothing(
    project: Project, lag: float, names: frozenset[str]
) -> None:
    stage = applied(project, lag)
    before = made(stage)
    stage.declare(*edited(project, names))
    calm_down(stage)
    assert is_settled(stage)
    between = made(stage)
    stage.declare(*project)
    calm_down(stage)
    assert is_settled(stage)
    after = made(stage)
    assert after.locks == before.locks
    assert (after.posts, after.uploads) == (between.posts, between.uploads)


@QUICK
@given(projects(), LAGS, SOME)
def test_renaming_trains_nothing(project: Project, lag: float, names: frozenset[str]) -> None:
    stage = applied(project, lag)
    before = made(stage)
    new_names = {name: f"{name}-2" for name in names}
    stage.declare(*renamed(project, new_names))
    calm_down(stage)
    assert is_settled(stage)
    after = made(stage)
    assert (after.posts, after.uploads) == (before.posts, before.uploads)
    assert after.locks == {
        new_names.get(name, name): {**plain, "spec": new_names.get(name, name)}
        for name, plain in before.locks.items()
    }


@QUICK
@given(projects())
def test_other_words_train_nothing_and_change_nothing_else(project: Project) -> None:
    stage = applied(project)
    before = made(stage)
    stage.declare(*relabelled(project))
    stage.apply()
    assert is_settled(stage)
    after = made(stage)
    assert after.posts == before.posts
    words = {"metadata": {"version": "9"}}
    assert after.locks == {name: {**plain, **words} for name, plain in before.locks.items()}


@QUICK
@given(projects())
def test_a_wiped_checkout_is_filled_again(project: Project) -> None:
    stage = applied(project)
    clone = Stage(*project, clock=stage.clock)
    clone.provider = stage.provider
    clone.apply()
    assert made(clone).locks == made(stage).locks
    assert clone.provider.posts == len(project)


def in_some_order(project: Project) -> st.SearchStrategy[list[Declared]]:
    return st.permutations(project)


@QUICK
@given(projects().flatmap(lambda project: st.tuples(st.just(project), in_some_order(project))))
def test_the_order_of_specs_is_nothing(both: tuple[Project, list[Declared]]) -> None:
    project, shuffled = both
    assert Stage(*project).plan() == Stage(*shuffled).plan()
