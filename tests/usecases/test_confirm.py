"""An unclear creation: look for it before anything else, and launch only once none can turn up."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import ObservedJob
from ftops.core.orders import JobOrder
from ftops.core.outcome import Failed, Settled, Started, Unconfirmed
from ftops.core.plan import Confirm
from ftops.core.progress import Creating, Following, Looking
from ftops.errors import ProviderUnavailable
from tests.fakes.clock import NOON
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import declared, desired, intent, job
from tests.fakes.stage import Stage

SPEC = declared(metadata={"version": "2"})
WANTED = desired(metadata={"version": "2"}, rows=str(SPEC.spec.dataset.train))


@pytest.mark.parametrize("lag", [0, 60])
def test_a_lost_answer_is_looked_for_and_the_job_adopted(lag: float) -> None:
    stage = Stage(SPEC)
    stage.provider.listing_lag = lag
    stage.provider.faults = [Fault.LOST_ANSWER]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert (stage.provider.posts, len(stage.provider.created)) == (1, 1)
    told = [type(one) for one in stage.reporter.told]
    assert [one for one in told if one in {Creating, Looking, Following}] == [
        Creating,
        Looking,
        Following,
    ]


def test_a_lost_request_is_looked_for_and_then_unconfirmed() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [Fault.LOST_REQUEST]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Unconfirmed)
    assert outcome.message == "whether a job was created is not known: no answer"
    assert outcome.hint is not None
    assert "after 12:10:00 UTC" in outcome.hint
    assert sum(stage.clock.slept) == 120
    assert [one.seen for one in stage.journal.open_intents()] == [0]


def unanswered(stage: Stage) -> None:
    """Let a request get lost, two minutes before the stage's clock."""
    stage.provider.faults = [Fault.LOST_REQUEST]
    stage.apply()


def test_a_young_intent_is_looked_for_again_and_stays_unconfirmed() -> None:
    stage = Stage(SPEC)
    unanswered(stage)
    plan = stage.plan()
    assert isinstance(plan.changes[0], Confirm)
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Unconfirmed)
    assert "an earlier creation was never answered" in outcome.message
    assert stage.provider.posts == 0


def test_once_the_window_is_over_the_same_run_trains() -> None:
    stage = Stage(SPEC)
    unanswered(stage)
    stage.clock.advance(400)
    plan = stage.plan()
    assert isinstance(plan.changes[0], Confirm)
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Settled)
    assert len(stage.provider.created) == 1


def test_after_the_window_the_plan_is_to_train() -> None:
    stage = Stage(SPEC)
    unanswered(stage)
    stage.clock.advance(481)
    assert stage.kinds() == ["train"]


def test_a_job_that_turns_up_late_is_followed() -> None:
    stage = Stage(SPEC)
    stage.provider.listing_lag = 200
    stage.provider.faults = [Fault.LOST_ANSWER]
    (first,) = stage.apply()
    assert isinstance(first, Unconfirmed)
    (second,) = stage.apply()
    assert isinstance(second, Settled)
    assert len(stage.provider.created) == 1


def test_an_unclear_retry_is_told_from_the_job_that_failed() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    stage.provider.fail(JobId("ftjob-001"))
    stage.provider.faults = [Fault.LOST_ANSWER]
    stage.provider.listing_lag = 30
    stage.clock.advance(60)
    (outcome,) = stage.apply(stage.plan(retry=["triage"]))
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert outcome.lock.job == "ftjob-002"


def test_an_unclear_creation_that_failed_at_once_is_told_as_failed() -> None:
    stage = Stage(SPEC)
    stage.provider.listing_lag = 200
    stage.provider.faults = [Fault.LOST_ANSWER]
    stage.apply()
    stage.provider.fail(JobId("ftjob-001"))
    (outcome,) = stage.apply()
    assert isinstance(outcome, Failed)
    assert stage.provider.posts == 1


def test_of_the_jobs_that_turn_up_a_living_one_is_followed() -> None:
    stage = Stage(SPEC)
    unanswered(stage)
    plan = stage.plan()
    stage.provider.add(job(WANTED, "failed", id=JobId("ftjob-elder")))
    stage.provider.add(job(WANTED, "running", id=JobId("ftjob-living"), created_at=NOON))
    (outcome,) = stage.apply(plan, wait=False)
    assert outcome == Started(change=plan.changes[0], job=JobId("ftjob-living"))


class Blinking(FakeProvider):
    """Goes blind at a creation, and sees again after so many failing looks at jobs."""

    blind_looks = 0
    failed_looks = 0

    @override
    def create_job(self, order: JobOrder) -> ObservedJob:
        self.failed_looks = self.blind_looks
        return super().create_job(order)

    @override
    def jobs(self) -> tuple[ObservedJob, ...]:
        if self.failed_looks:
            self.failed_looks -= 1
            raise ProviderUnavailable("bad gateway")
        return super().jobs()


def blinking(looks: int) -> Stage:
    stage = Stage(SPEC, provider=Blinking)
    assert isinstance(stage.provider, Blinking)
    stage.provider.blind_looks = looks
    stage.provider.faults = [Fault.LOST_ANSWER]
    return stage


def test_looking_survives_failing_looks() -> None:
    stage = blinking(5)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert len(stage.provider.created) == 1


def test_nothing_is_launched_by_looks_that_failed() -> None:
    stage = blinking(1_000)
    (first,) = stage.apply()
    assert isinstance(first, Unconfirmed)
    assert isinstance(stage.provider, Blinking)
    stage.provider.failed_looks = 0
    stage.clock.advance(470)
    stage.provider.listing_lag = 10_000
    plan = stage.plan()
    assert isinstance(plan.changes[0], Confirm)
    stage.provider.failed_looks = 1_000
    (second,) = stage.apply(plan)
    assert second == Failed(change=plan.changes[0], message="bad gateway")
    assert len(stage.provider.created) == 1


def test_an_intent_of_the_last_year_there_is_stays_unconfirmed() -> None:
    stage = Stage(SPEC)
    stage.journal.begin(replace(intent(WANTED), begun_at=datetime.max.replace(tzinfo=UTC)))
    (outcome,) = stage.apply()
    assert isinstance(outcome, Unconfirmed)
    assert stage.provider.posts == 0
