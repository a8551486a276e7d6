"""A provider that breaks at any request: it is asked to create once, and the next runs end well."""

from dataclasses import replace

import pytest

from tests.reliability.conftest import Survived
from tests.reliability.ground import Ground, Snapshot, taken
from tests.reliability.provider.api import CREATION
from tests.reliability.provider.weather import Fault, Weather
from tests.reliability.sweep import BUG

TRIAGE = frozenset({"triage"})
CREATIONS = [pytest.param(fault, id=fault.value) for fault in Fault]


@pytest.mark.parametrize("fault", CREATIONS)
def test_a_creation_that_goes_wrong_is_never_paid_for_twice(
    ground: Ground, survived: Survived, fault: Fault
) -> None:
    assert ground.break_in(Weather(creations=[fault])) != BUG
    assert ground.history.posts == 1
    ground.recover()
    assert ground.complaints(TRIAGE) == []
    assert ground.history.posts == (1 if fault.is_accepted else 2)
    survived(1)


@pytest.mark.parametrize("fault", [one for one in Fault if one.is_accepted and not one.kills])
def test_a_job_that_is_listed_late_is_waited_for_in_the_same_run(
    ground: Ground, survived: Survived, fault: Fault
) -> None:
    assert ground.break_in(Weather(creations=[fault], unlisted_for=9)) == 0
    assert ground.history.posts == 1
    assert ground.complaints(TRIAGE) == []
    survived(1)


def test_a_job_that_is_listed_after_the_run_is_found_by_the_next(ground: Ground) -> None:
    broken = Weather(creations=[Fault.RESETS_AFTER], unlisted_for=10_000)
    assert ground.break_in(broken) == 1
    assert "not known" in ground.runs[-1].words
    assert ground.history.posts == 1
    assert ground.run().code == 0
    assert ground.history.posts == 1
    assert ground.complaints(TRIAGE) == []


@pytest.mark.parametrize("fault", CREATIONS)
def test_where_metadata_is_dropped_nobody_pays_twice(
    ground: Ground, survived: Survived, fault: Fault
) -> None:
    ground.break_in(Weather(creations=[fault], drops_metadata=True))
    for _ in range(3):
        assert ground.break_in(Weather(drops_metadata=True)) != BUG
    assert ground.history.paid_twice() == []
    if fault.is_accepted:
        assert ground.complaints(TRIAGE) == []
    survived(1)


def requests_of_a_launch(ground: Ground) -> tuple[Snapshot, int]:
    before = taken(ground)
    again = before.restored(ground)
    assert again.run().code == 0
    return before, len(again.history.requests)


def broken_everywhere(ground: Ground, fault: Fault) -> int:
    """Let this fault strike each request in turn; return how many there are."""
    before, requests = requests_of_a_launch(ground)
    for number in range(1, requests + 1):
        again = before.restored(ground)
        assert again.break_in(Weather(at={number: fault})) != BUG, again.runs[-1].words
        assert again.history.requests.count(CREATION) <= 1
        again.recover()
        assert again.complaints(TRIAGE) == [], f"request {number}"
    return requests


def test_a_look_that_nobody_answers_is_given_up(ground: Ground, survived: Survived) -> None:
    assert ground.break_in(Weather(at={1: Fault.HANGS_AFTER})) == 0
    assert ground.complaints(TRIAGE) == []
    survived(1)


QUICK = [
    Fault.KILLS_AFTER,
    Fault.RESETS_AFTER,
    Fault.TRUNCATES,
    Fault.SHOWS_A_PAGE,
    Fault.BAD_GATEWAY_AFTER,
]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(one, id=one.value, marks=() if one in QUICK else pytest.mark.deep)
        for one in Fault
    ],
)
def test_a_fault_at_any_request_is_survived(
    ground: Ground, survived: Survived, fault: Fault
) -> None:
    survived(broken_everywhere(ground, fault))


@pytest.mark.parametrize(
    "weather",
    [
        pytest.param(Weather(), id="it filters"),
        pytest.param(Weather(ignores_filter=True), id="it ignores the filter"),
        pytest.param(
            Weather(ignores_filter=True, births_a_page=5), id="jobs are made while it is paged"
        ),
    ],
)
def test_ten_thousand_jobs_of_others_change_nothing_but_the_time(
    ground: Ground, weather: Weather
) -> None:
    assert ground.run("apply", "--yes", "--no-wait").code == 0
    quiet = ground.runs[-1].peak_bytes
    ground.history.crowd(10_000)
    ground.rogue.weather = weather
    ground.history.requests.clear()
    patient = {"ftops.adapters.openai_provider.direct:LOOK_SECONDS": 20}
    died = ground.live(replace(ground.birth(), settings=patient))
    assert died.code == 0, died.words
    assert ground.complaints(TRIAGE) == []
    assert ground.history.posts == 0, "it was there already"
    listings = ground.history.requests.count(("GET", "/fine_tuning/jobs"))
    assert listings <= (220 if weather.ignores_filter else 3)
    assert died.peak_bytes - quiet < 64 << 20
