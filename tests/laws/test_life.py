"""Whatever happens in a project's life, in any order: nobody pays twice, and it comes to rest."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from typing_extensions import override

from ftops.core.observed import ObservedJob, OpenIntent
from tests.fakes.memory import MemoryJournal
from tests.fakes.provider import FakeProvider
from tests.laws.life import Life
from tests.laws.search import DEEP, QUICK

pytestmark = pytest.mark.usefixtures("one_at_a_time")


def test_a_project_s_life() -> None:
    run_state_machine_as_test(Life, settings=settings(QUICK, stateful_step_count=20))


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_a_project_s_life_searched_deeply() -> None:
    run_state_machine_as_test(Life, settings=settings(DEEP, stateful_step_count=40))


class ForgottenJournal(MemoryJournal):
    """Remembers nothing that was begun."""

    @override
    def open_intents(self) -> tuple[OpenIntent, ...]:
        return ()


class UnstampedProvider(FakeProvider):
    """Shows no job by its stamp to those who look, but to the one who judges."""

    @override
    def jobs(self) -> tuple[ObservedJob, ...]:
        shown = super().jobs()
        return shown if self.listing_lag < 0 else ()


class WithoutJournal(Life):
    journal = ForgottenJournal


class WithoutStamp(Life):
    provider = UnstampedProvider


FOUND_THE_SAME_WAY_EACH_TIME = settings(
    QUICK,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    max_examples=300,
    stateful_step_count=20,
)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is why the journal exists")
def test_without_the_journal_somebody_pays_twice() -> None:
    run_state_machine_as_test(WithoutJournal, settings=FOUND_THE_SAME_WAY_EACH_TIME)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is why jobs are stamped")
def test_without_the_stamp_somebody_pays_twice() -> None:
    run_state_machine_as_test(WithoutStamp, settings=FOUND_THE_SAME_WAY_EACH_TIME)
