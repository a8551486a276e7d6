from dataclasses import replace

import pytest

from ftops.core.cost import Tariff
from ftops.core.desired import Declared
from ftops.core.names import SpecName, TargetName
from ftops.core.plan import kind_of, spec_of, target_of
from ftops.errors import (
    DatasetError,
    Problem,
    ProviderUnavailable,
    SpecError,
    TwinSpecsError,
    UnknownSpec,
)
from ftops.usecases.plan import Prepared, Request, narrow, prepare
from tests.fakes.memory import MemoryDatasets
from tests.fakes.specs import declared, pins
from tests.fakes.stage import Stage

FIRST = declared("first")
SECOND = declared("second", model={"from": "first"})
THIRD = declared("third", model={"from": "second"})
ALONE = declared("alone")
LOCAL = TargetName("local")


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        pytest.param([], ["alone", "first", "second", "third"], id="all if none is named"),
        pytest.param(["alone"], ["alone"], id="one alone"),
        pytest.param(["third"], ["first", "second", "third"], id="with all it goes on from"),
        pytest.param(["second", "first"], ["first", "second"], id="upstream first"),
    ],
)
def test_narrowing(names: list[str], chosen: list[str]) -> None:
    found = narrow([THIRD, SECOND, FIRST, ALONE], [SpecName(name) for name in names])
    assert [one.name for one in found] == chosen


@pytest.mark.parametrize(
    ("declared_specs", "hint"),
    [
        pytest.param([FIRST, ALONE], "the specs here are: alone, first", id="among others"),
        pytest.param([], "the specs here are: none", id="in an empty project"),
    ],
)
def test_a_name_nobody_declared(declared_specs: list[Declared], hint: str) -> None:
    with pytest.raises(UnknownSpec, match="no spec is named nobody") as refused:
        narrow(declared_specs, [SpecName("nobody")])
    assert refused.value.hint == hint


def test_a_plan_shows_what_it_was_made_from() -> None:
    stage = Stage(FIRST)
    warning = Problem(message="few examples", path="datasets/first.train.jsonl")
    stage.datasets.warnings[FIRST.name] = (warning,)
    prepared = stage.prepare()
    assert [kind_of(one) for one in prepared.plan.changes] == ["train"]
    assert [one.name for one in prepared.desired] == ["first"]
    assert prepared.warnings == (warning,)
    assert prepared.locks == {stage.target: {}}
    assert prepared.observed[stage.target].at == stage.clock.now()


def test_planning_changes_nothing() -> None:
    stage = Stage(FIRST, SECOND)
    stage.plan()
    assert (stage.provider.posts, stage.provider.uploads, stage.locks.writes) == (0, 0, [])
    assert stage.journal.open_intents() == ()


def test_planning_asks_once_per_collection() -> None:
    stage = Stage(FIRST, SECOND, THIRD, ALONE)
    stage.apply()
    stage.fuse.steps.clear()
    stage.plan()
    assert sorted(stage.fuse.steps) == ["a look at jobs", "a look at models"]


def test_the_data_of_all_specs_is_judged_at_once() -> None:
    stage = Stage(FIRST, SECOND, THIRD, ALONE)
    stage.datasets = MemoryDatasets({THIRD.name: pins("third")})
    with pytest.raises(DatasetError) as refused:
        stage.prepare()
    assert [one.path for one in refused.value.problems] == [
        "specs/alone.yaml",
        "specs/first.yaml",
        "specs/second.yaml",
    ]
    assert refused.value.hint == "nothing was uploaded or launched"


def test_twins_are_refused_before_anything_is_launched() -> None:
    same = {"train": "datasets/same.jsonl"}
    stage = Stage(declared("a", dataset=same), declared("b", dataset=same))
    with pytest.raises(TwinSpecsError, match="a and b declare the very same training"):
        stage.prepare()


@pytest.mark.parametrize(
    ("much", "asked"),
    [
        pytest.param(set(), ["a look at jobs", "a look at models"], id="little data, meanwhile"),
        pytest.param({ALONE.name}, [], id="much data, before"),
    ],
)
def test_much_data_is_read_before_anybody_is_asked(much: set[SpecName], asked: list[str]) -> None:
    stage = Stage(FIRST, ALONE)
    stage.datasets.much = much
    stage.datasets.forget(FIRST.name)
    with pytest.raises(DatasetError):
        stage.prepare()
    assert sorted(stage.fuse.steps) == asked


def test_much_data_is_planned_for_like_any_other() -> None:
    stage = Stage(FIRST, ALONE)
    plan = stage.plan()
    stage.datasets.much = {ALONE.name}
    assert stage.plan() == plan


def test_twins_are_told_together_with_wrong_data() -> None:
    same = {"train": "datasets/same.jsonl"}
    stage = Stage(declared("a", dataset=same), declared("b", dataset=same), ALONE)
    stage.datasets.forget(ALONE.name)
    with pytest.raises(DatasetError) as refused:
        stage.prepare()
    assert [one.message for one in refused.value.problems] == [
        "no such file",
        "a and b declare the very same training",
    ]


def test_a_finding_of_shared_data_is_told_once() -> None:
    stage = Stage(FIRST, ALONE)
    warning = Problem(message="few examples", path="datasets/shared.jsonl")
    stage.datasets.warnings = {FIRST.name: (warning,), ALONE.name: (warning,)}
    assert stage.prepare().warnings == (warning,)


def test_a_retry_of_nobody_is_refused() -> None:
    with pytest.raises(UnknownSpec, match="no spec is named nobody"):
        Stage(FIRST).prepare(retry=["nobody"])


def test_a_provider_that_is_away_ends_the_plan() -> None:
    stage = Stage(FIRST)
    stage.provider.reading_fault = ProviderUnavailable("no route to host")
    with pytest.raises(ProviderUnavailable, match="no route to host"):
        stage.prepare()


def test_a_narrowed_plan_forgets_nothing() -> None:
    stage = Stage(FIRST, ALONE)
    stage.apply()
    stage.declare(ALONE)
    assert [(kind_of(one), spec_of(one)) for one in stage.plan("alone").changes] == [
        ("keep", "alone")
    ]
    assert stage.kinds() == ["keep", "forget"]


def over_two_targets(
    openai: Stage, local: Stage, here: list[Declared], there: list[Declared]
) -> Prepared:
    """Plan one project whose specs belong to two targets."""
    specs = [*here, *there]
    site_of = {one.name: openai.target for one in here} | {one.name: LOCAL for one in there}
    datasets = MemoryDatasets({one.name: pins(one.name) for one in specs})
    sites = {openai.target: openai.site, LOCAL: local.site}
    return prepare(specs, datasets, site_of, sites, Request())


def test_one_plan_over_two_targets() -> None:
    openai, local = Stage(), Stage(target=LOCAL)
    prepared = over_two_targets(openai, local, [ALONE], [FIRST, SECOND])
    assert [(target_of(one), spec_of(one)) for one in prepared.plan.changes] == [
        ("openai", "alone"),
        ("local", "first"),
        ("local", "second"),
    ]
    assert set(prepared.observed) == {openai.target, LOCAL}


def test_a_target_nobody_uses_is_not_asked_but_its_orphans_are_forgotten() -> None:
    openai, local = Stage(), Stage(FIRST, target=LOCAL)
    local.apply()
    local.fuse.steps.clear()
    prepared = over_two_targets(openai, local, [ALONE], [])
    assert [(kind_of(one), spec_of(one)) for one in prepared.plan.changes] == [
        ("train", "alone"),
        ("forget", "first"),
    ]
    assert local.fuse.steps == []


def test_each_target_charges_by_its_own_tariff() -> None:
    openai, local = Stage(), Stage(target=LOCAL)
    sites = {
        openai.target: openai.site,
        LOCAL: replace(local.site, tariff=Tariff(free=True)),
    }
    site_of = {ALONE.name: openai.target, FIRST.name: LOCAL}
    datasets = MemoryDatasets({one.name: pins(one.name) for one in (ALONE, FIRST)})
    prepared = prepare([ALONE, FIRST], datasets, site_of, sites, Request())
    assert {one.name: one.estimate.usd for one in prepared.desired} == {
        "alone": 0.075,
        "first": 0.0,
    }


def test_a_chain_over_two_targets_is_refused() -> None:
    with pytest.raises(SpecError) as refused:
        over_two_targets(Stage(), Stage(target=LOCAL), [FIRST], [SECOND])
    assert [one.message for one in refused.value.problems] == [
        "second trains on local, but goes on from first, which trains on openai"
    ]
