"""Several machines apply one project: one of them launches, all of them end with its model."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.reliability.clones import Hub, race
from tests.reliability.conftest import Survived
from tests.reliability.ground import Ground, taken
from tests.reliability.sweep import points_of
from tests.reliability.zygote.failpoints import How

TRIAGE = frozenset({"triage"})


def races(ground: Ground, hub: Hub, machines: int, rounds: int) -> None:
    clones = [replace(hub.clone(), flies=False) for _ in range(machines)]
    for number in range(rounds):
        hub.forget(clones)
        race(clones)
        told = "\n".join(clone.runs[-1].words[-600:] for clone in clones)
        assert ground.history.paid_twice() == [], f"round {number}: {told}"
        for clone in clones:
            if clone.runs[-1].code != 0:
                clone.recover()
            assert clone.complaints(TRIAGE) == [], f"round {number}: {told}"
        assert len({clone.locks()["triage"] for clone in clones}) == 1


@pytest.mark.parametrize(
    ("machines", "rounds"),
    [
        pytest.param(2, 2, id="two, twice"),
        pytest.param(3, 3, id="three, three times"),
        pytest.param(5, 1, id="five, once"),
        pytest.param(3, 50, id="three, fifty times", marks=pytest.mark.deep),
        pytest.param(5, 20, id="five, twenty times", marks=pytest.mark.deep),
    ],
)
@pytest.mark.timeout(900)
def test_clones_that_share_a_ledger_launch_once(
    ground: Ground, tmp_path: Path, machines: int, rounds: int
) -> None:
    races(ground, Hub(ground, lease="git", folder=tmp_path), machines, rounds)


def ends_with_one_job(ground: Ground, hub: Hub, rounds: int) -> None:
    clones = [replace(hub.clone(), flies=False) for _ in range(3)]
    for number in range(rounds):
        hub.forget(clones)
        race(clones)
        for clone in clones:
            clone.recover()
        assert ground.history.alive_twice() == [], f"round {number}"
        assert len({clone.locks()["triage"] for clone in clones}) == 1


@pytest.mark.parametrize(
    "rounds",
    [pytest.param(2, id="twice"), pytest.param(50, id="fifty times", marks=pytest.mark.deep)],
)
@pytest.mark.timeout(900)
def test_clones_without_a_ledger_end_with_one_job(
    ground: Ground, tmp_path: Path, rounds: int
) -> None:
    ends_with_one_job(ground, Hub(ground, lease="none", folder=tmp_path), rounds)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is why there is one rule")
def test_clones_without_ledger_and_rule_end_with_several(ground: Ground, tmp_path: Path) -> None:
    careless = replace(ground, without=("duplicate rule",))
    ends_with_one_job(careless, Hub(careless, lease="none", folder=tmp_path, meet=True), 1)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is why there is a ledger")
def test_clones_without_a_ledger_pay_twice(ground: Ground, tmp_path: Path) -> None:
    races(ground, Hub(ground, lease="none", folder=tmp_path, meet=True), 2, 1)


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_a_machine_that_vanishes_at_any_effect_is_replaced_by_a_fresh_clone(
    ground: Ground, tmp_path: Path, survived: Survived
) -> None:
    hub = Hub(ground, lease="git", folder=tmp_path)
    first = hub.clone()
    before = taken(first)
    trace = tmp_path / "trace"
    assert first.live(replace(first.birth(), trace=trace)).code == 0
    points = points_of(trace.read_text("utf-8").splitlines(), [How.KILL], by_turns=False)
    for point in points:
        hub.forget([])
        vanishing = before.restored(first)
        vanishing.live(replace(vanishing.birth(), failpoint=point))
        second = hub.clone()
        second.recover()
        assert second.complaints(TRIAGE) == [], point
    survived(len(points))
