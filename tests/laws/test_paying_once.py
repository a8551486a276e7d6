"""Whatever crashes, gets lost or lags: no fingerprint is paid for twice, and every run ends."""

from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from typing_extensions import override

from ftops.core.observed import ObservedJob, OpenIntent
from tests.fakes.memory import MemoryJournal
from tests.fakes.provider import FakeProvider
from tests.laws.search import DEEP, QUICK
from tests.laws.storms import Storm, is_settled, paid_twice, storms, storms_with_people, weather

pytestmark = pytest.mark.usefixtures("one_at_a_time")


def check_untouched(storm: Storm) -> None:
    stage = weather(storm)
    assert paid_twice(stage.provider.created) == []
    assert is_settled(stage)
    fingerprints = {one.fingerprint for one in stage.prepare().desired}
    assert len(stage.provider.created) == len(fingerprints)
    assert {lock.fingerprint for lock in stage.locks.read().values()} == fingerprints


def check_with_people(storm: Storm) -> None:
    stage = weather(storm)
    assert paid_twice(stage.provider.created) == []
    assert is_settled(stage)
    wanted = {one.name: one.fingerprint for one in stage.prepare().desired}
    assert {name: lock.fingerprint for name, lock in stage.locks.read().items()} == wanted


@QUICK
@given(storms())
def test_crash_anywhere_never_pay_twice(storm: Storm) -> None:
    check_untouched(storm)


@pytest.mark.deep
@DEEP
@given(storms())
def test_crash_anywhere_never_pay_twice_searched_deeply(storm: Storm) -> None:
    check_untouched(storm)


@QUICK
@given(storms_with_people())
def test_people_in_the_storm_never_pay_twice(storm: Storm) -> None:
    check_with_people(storm)


@pytest.mark.deep
@DEEP
@given(storms_with_people())
def test_people_in_the_storm_never_pay_twice_searched_deeply(storm: Storm) -> None:
    check_with_people(storm)


class Forgetful(FakeProvider):
    """Keeps no metadata, as some proxies do."""

    @override
    def _put(self, job: ObservedJob) -> ObservedJob:
        return super()._put(replace(job, metadata={}))


@QUICK
@given(storms())
def test_where_stamps_are_dropped_nobody_pays_twice(storm: Storm) -> None:
    assert paid_twice(weather(storm, provider=Forgetful).provider.created) == []


class ForgottenJournal(MemoryJournal):
    """Remembers nothing that was begun."""

    @override
    def open_intents(self) -> tuple[OpenIntent, ...]:
        return ()


class UnstampedProvider(FakeProvider):
    """Shows no job by its stamp."""

    @override
    def jobs(self) -> tuple[ObservedJob, ...]:
        super().jobs()
        return ()


FOUND_THE_SAME_WAY_EACH_TIME = settings(
    QUICK,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    max_examples=300,
)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is why the journal exists")
@FOUND_THE_SAME_WAY_EACH_TIME
@given(storms())
def test_without_the_journal_somebody_pays_twice(storm: Storm) -> None:
    assert paid_twice(weather(storm, journal=ForgottenJournal).provider.created) == []


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is why jobs are stamped")
@FOUND_THE_SAME_WAY_EACH_TIME
@given(storms())
def test_without_adoption_by_stamp_somebody_pays_twice(storm: Storm) -> None:
    assert paid_twice(weather(storm, provider=UnstampedProvider).provider.created) == []
