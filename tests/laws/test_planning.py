"""The plan depends on what is there, not on the order in which it is listed, and buys with care."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.core.desired import Desired
from ftops.core.lock import Lock
from ftops.core.names import JobId, ModelId, SpecName
from ftops.core.observed import Observed, ObservedJob, ObservedModel, OpenIntent
from ftops.core.plan import Plan, Train, Wanted, make_plan
from tests.fakes.clock import NOON
from tests.fakes.specs import desired, intent, job, lock
from tests.laws.search import DEEP, QUICK

SPECS = tuple(desired(name) for name in ("alpha", "beta", "gamma"))
OLD_SPECS = tuple(desired(name, seed=1) for name in ("alpha", "beta", "orphan"))
TUNES = tuple(ModelId(f"ft:base:acme::{n}") for n in range(4))
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled", "paused", "a new word")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything a plan is made from."""

    jobs: tuple[ObservedJob, ...]
    models: tuple[ObservedModel, ...]
    intents: tuple[OpenIntent, ...]
    locks: tuple[Lock, ...]
    retry: frozenset[SpecName]

    def observed(self) -> Observed:
        return Observed(
            at=NOON,
            jobs=self.jobs,
            models={one.id: one for one in self.models},
            open_intents=self.intents,
        )

    def plan(self) -> Plan:
        wanted = Wanted(
            desired=SPECS, declared=frozenset(one.name for one in SPECS), retry=self.retry
        )
        locks: Mapping[SpecName, Lock] = {one.spec_name: one for one in self.locks}
        return make_plan(wanted, locks, self.observed())


@st.composite
def some_jobs(draw: st.DrawFn) -> tuple[ObservedJob, ...]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        status = draw(st.sampled_from(STATUSES))
        model = draw(st.sampled_from((*TUNES, None))) if status == "succeeded" else None
        found.append(
            job(
                draw(st.sampled_from(SPECS + OLD_SPECS)),
                status,
                id=JobId(f"ftjob-{number}"),
                created_at=NOON - timedelta(minutes=draw(st.integers(0, 3))),
                fine_tuned_model=model,
            )
        )
    return tuple(found)


def some_intents() -> st.SearchStrategy[tuple[OpenIntent, ...]]:
    one = st.builds(
        intent,
        st.sampled_from(SPECS),
        seconds_ago=st.sampled_from([0, 599, 600, 3_600]),
        seen=st.integers(0, 2),
    )
    return st.lists(one, max_size=3, unique_by=lambda found: found.fingerprint).map(tuple)


def some_locks() -> st.SearchStrategy[tuple[Lock, ...]]:
    one = st.builds(
        lambda of, model, target: lock(of, model=model, target=target),
        st.sampled_from(SPECS + OLD_SPECS),
        st.sampled_from(TUNES),
        st.sampled_from(["openai", "local"]),
    )
    return st.lists(one, max_size=4, unique_by=lambda found: found.spec).map(tuple)


WORLDS = st.builds(
    World,
    jobs=some_jobs(),
    models=st.sets(st.sampled_from(TUNES)).map(
        lambda ids: tuple(ObservedModel(id=one) for one in sorted(ids))
    ),
    intents=some_intents(),
    locks=some_locks(),
    retry=st.frozensets(st.sampled_from([one.name for one in SPECS])),
)


@st.composite
def worlds_twice(draw: st.DrawFn) -> tuple[World, World]:
    """Draw a world, and the same one listed in another order."""
    one = draw(WORLDS)
    shuffled = World(
        jobs=tuple(draw(st.permutations(one.jobs))),
        models=tuple(draw(st.permutations(one.models))),
        intents=tuple(draw(st.permutations(one.intents))),
        locks=tuple(draw(st.permutations(one.locks))),
        retry=one.retry,
    )
    return one, shuffled


def check_order(worlds: tuple[World, World]) -> None:
    one, shuffled = worlds
    assert one.plan() == shuffled.plan()
    assert one.plan().digest == shuffled.plan().digest


@QUICK
@given(worlds_twice())
def test_a_plan_ignores_order(worlds: tuple[World, World]) -> None:
    check_order(worlds)


@pytest.mark.deep
@DEEP
@given(worlds_twice())
def test_a_plan_ignores_order_searched_deeply(worlds: tuple[World, World]) -> None:
    check_order(worlds)


def may_live(wanted: Desired, world: World) -> bool:
    """Say whether any model of the spec exists, is being made, or may turn up."""
    ours = [one for one in world.jobs if one.fingerprint == wanted.fingerprint]
    listed = {one.id for one in world.models}
    young = [
        one
        for one in world.intents
        if one.fingerprint == wanted.fingerprint
        and one.seen >= len(ours)
        and NOON - one.begun_at < timedelta(minutes=10)
    ]
    recorded = [
        one
        for one in world.locks
        if one.fingerprint == wanted.fingerprint and one.target == wanted.target
    ]
    return (
        bool(young)
        or any(one.provider_status not in {"succeeded", "failed", "cancelled"} for one in ours)
        or any(one.fine_tuned_model in listed for one in ours)
        or any(one.spec == wanted.name and one.model_id in listed for one in recorded)
    )


def check_care(world: World) -> None:
    for change in world.plan().changes:
        if not isinstance(change, Train):
            continue
        wanted = change.desired
        assert not may_live(wanted, world)
        tried = [one for one in world.jobs if one.fingerprint == wanted.fingerprint]
        assert not tried or wanted.name in world.retry
        assert change.seen == len(tried)


@QUICK
@given(WORLDS)
def test_nothing_is_bought_that_may_live_and_nothing_again_unasked(world: World) -> None:
    check_care(world)


@pytest.mark.deep
@DEEP
@given(WORLDS)
def test_nothing_is_bought_that_may_live_searched_deeply(world: World) -> None:
    check_care(world)


@QUICK
@given(WORLDS)
def test_every_spec_and_every_orphan_has_one_change(world: World) -> None:
    orphans = {one.spec for one in world.locks} - {one.name for one in SPECS}
    changes = world.plan().changes
    assert len(changes) == len(SPECS) + len(orphans)
