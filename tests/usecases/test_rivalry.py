"""Two jobs of one fingerprint: one counts, and the other ends while that costs nothing."""

from datetime import timedelta

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import ObservedJob
from ftops.core.orders import JobOrder
from ftops.core.outcome import Failed, Rival, Settled, Started, is_fine
from ftops.core.plan import Await, Keep
from ftops.errors import ProviderUnavailable
from tests.fakes.clock import NOON
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import declared, desired, job, stamp
from tests.fakes.stage import Stage

SPEC = declared()
WANTED = desired(rows=str(SPEC.spec.dataset.train))
THEIRS, OURS = JobId("ftjob-theirs"), JobId("ftjob-001")


def other(status: str, *, minutes: float = -1, name: str = THEIRS) -> ObservedJob:
    born = NOON + timedelta(minutes=minutes)
    return job(WANTED, status, id=JobId(name), created_at=born)


class Raced(FakeProvider):
    """While a creation is under way, another machine's job appears."""

    rival: ObservedJob | None = None

    @override
    def create_job(self, order: JobOrder) -> ObservedJob:
        made = super().create_job(order)
        if self.rival is not None:
            self.add(self.rival)
        return made


def raced(rival: ObservedJob | None) -> tuple[Stage, Raced]:
    stage = Stage(SPEC, provider=Raced)
    assert isinstance(stage.provider, Raced)
    stage.provider.rival = rival
    return stage, stage.provider


def test_ours_ends_in_the_queue_when_theirs_is_older() -> None:
    stage, provider = raced(other("running"))
    (outcome,) = stage.apply(wait=False)
    ended = Rival(job=OURS, provider_status="cancelled", cancelled=True)
    assert outcome == Started(change=outcome.change, job=THEIRS, rivals=(ended,))
    assert provider.jobs()[1].status == "cancelled"


def test_theirs_ends_in_the_queue_when_ours_is_older() -> None:
    stage, _ = raced(other("queued", minutes=0))
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert outcome.lock.job == OURS
    assert outcome.rivals == (Rival(job=THEIRS, provider_status="cancelled", cancelled=True),)
    assert is_fine(outcome)


def test_a_rival_that_runs_is_told_and_left_alone() -> None:
    stage, provider = raced(other("running", minutes=0))
    provider.looks_to_finish = None
    (outcome,) = stage.apply(wait=False)
    running = Rival(job=THEIRS, provider_status="running", cancelled=False)
    assert outcome == Started(change=outcome.change, job=OURS, rivals=(running,))
    assert provider.job(THEIRS).status == "running"


def test_another_project_s_job_is_no_rival() -> None:
    stranger = job(WANTED, "queued", id=THEIRS, metadata=stamp(WANTED, "globex"))
    stage, provider = raced(stranger)
    (outcome,) = stage.apply(wait=False)
    assert outcome == Started(change=outcome.change, job=OURS)
    assert provider.job(THEIRS).status != "cancelled"


class Lagging(FakeProvider):
    """Shows another machine's job only when ours has been looked at twice."""

    looked = 0

    @override
    def job(self, job_id: JobId) -> ObservedJob:
        self.looked += 1
        if self.looked == 2:
            self.add(other("queued", minutes=0))
        return super().job(job_id)


def test_a_rival_that_shows_late_is_found_while_the_job_is_watched() -> None:
    stage = Stage(SPEC, provider=Lagging)
    stage.provider.looks_to_finish = 6
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert [(one.job, one.cancelled) for one in outcome.rivals] == [(THEIRS, True)]


def test_a_job_that_another_machine_ended_gives_way_to_the_one_that_counts() -> None:
    stage = Stage(SPEC)
    stage.provider.looks_to_finish = None
    plan = stage.plan()
    stage.apply(plan, wait=False)
    awaiting = stage.plan()
    stage.provider.cancel(OURS)
    stage.provider.add(other("running"))
    stage.provider.looks_to_finish = 2
    (outcome,) = stage.apply(awaiting)
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert outcome.lock.job == THEIRS


def test_a_job_that_dies_alone_has_failed() -> None:
    stage = Stage(SPEC)
    stage.provider.looks_to_finish = None
    stage.apply(wait=False)
    awaiting = stage.plan()
    stage.provider.fail(OURS)
    (outcome,) = stage.apply(awaiting)
    assert isinstance(outcome, Failed)
    assert outcome.job == OURS


def test_a_listing_that_fails_after_the_creation_is_no_harm() -> None:
    class Blind(FakeProvider):
        @override
        def jobs(self) -> tuple[ObservedJob, ...]:
            if self.created:
                raise ProviderUnavailable("bad gateway")
            return super().jobs()

    stage = Stage(SPEC, provider=Blind)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)


def test_one_that_cannot_be_ended_is_told() -> None:
    class Stubborn(Raced):
        @override
        def cancel(self, job_id: JobId) -> ObservedJob:
            raise ProviderUnavailable("bad gateway")

    stage = Stage(SPEC, provider=Stubborn)
    assert isinstance(stage.provider, Stubborn)
    stage.provider.rival = other("queued", minutes=0)
    stage.provider.looks_to_finish = None
    (outcome,) = stage.apply(wait=False)
    assert isinstance(outcome, Started)
    assert [one.cancelled for one in outcome.rivals] == [False]


def settled() -> Stage:
    stage = Stage(SPEC)
    stage.apply()
    assert stage.plan().is_empty
    return stage


@pytest.mark.parametrize(
    ("status", "cancelled"),
    [
        pytest.param("queued", True, id="one in the queue is ended"),
        pytest.param("running", False, id="one that runs is told"),
    ],
)
def test_a_duplicate_of_what_is_recorded(status: str, *, cancelled: bool) -> None:
    stage = settled()
    stage.provider.add(other(status))
    plan = stage.plan()
    (change,) = plan.changes
    assert isinstance(change, Keep)
    assert ([one.id for one in change.rivals], plan.is_empty) == ([THEIRS], False)
    assert len(plan.notes) == 1
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Settled)
    assert [(one.job, one.cancelled) for one in outcome.rivals] == [(THEIRS, cancelled)]


def test_a_plan_awaits_the_older_and_names_the_rival() -> None:
    stage = Stage(SPEC)
    stage.provider.add(other("running", name="ftjob-b", minutes=0))
    stage.provider.add(other("running", name="ftjob-a", minutes=-1))
    (change,) = stage.plan().changes
    assert isinstance(change, Await)
    assert (change.job.id, [one.id for one in change.rivals]) == ("ftjob-a", ["ftjob-b"])


def test_awaiting_ends_duplicates_too() -> None:
    stage = Stage(SPEC)
    stage.provider.add(other("queued", name="ftjob-b", minutes=0))
    stage.provider.add(other("running", name="ftjob-a"))
    (outcome,) = stage.apply(wait=False)
    assert isinstance(outcome, Started)
    assert outcome.job == "ftjob-a"
    assert [(one.job, one.cancelled) for one in outcome.rivals] == [("ftjob-b", True)]


def test_a_job_that_is_awaited_is_listed_no_oftener_than_needed() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    stage.provider.looks_to_finish = 9
    stage.fuse.steps.clear()
    stage.apply()
    assert stage.fuse.steps.count("a look at jobs") == 2


def test_recording_and_relabelling_end_duplicates_too() -> None:
    stage = settled()
    stage.locks.remove(SPEC.name)
    stage.provider.add(other("queued"))
    (recorded,) = stage.apply()
    stage.declare(declared(metadata={"note": "new"}))
    stage.provider.add(other("queued", name="ftjob-again"))
    (relabelled,) = stage.apply()
    assert isinstance(recorded, Settled)
    assert isinstance(relabelled, Settled)
    assert [one.cancelled for one in (*recorded.rivals, *relabelled.rivals)] == [True, True]
