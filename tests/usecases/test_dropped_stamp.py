"""Providers that keep no metadata: a job that an answer named is never paid for again."""

from dataclasses import replace

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import ObservedJob, OpenIntent
from ftops.core.outcome import Failed, Settled, Skipped, Started, Unconfirmed
from ftops.core.plan import Hold, Reason, Record
from ftops.errors import ProviderRejected, RecordError, Refusal
from ftops.usecases.jobs import find_job
from tests.fakes.memory import MemoryDatasets, MemoryJournal
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import declared, pins
from tests.fakes.stage import Stage

SPEC = declared()
AFTER_THE_WINDOW = 601


class Forgetful(FakeProvider):
    """Keeps no metadata, so no listing shows a job of ours."""

    @override
    def _put(self, job: ObservedJob) -> ObservedJob:
        return super()._put(replace(job, metadata={}))


def launched() -> tuple[Stage, JobId]:
    stage = Stage(SPEC, provider=Forgetful)
    (outcome,) = stage.apply(wait=False)
    assert isinstance(outcome, Started)
    stage.clock.advance(AFTER_THE_WINDOW)
    return stage, JobId(outcome.job)


def test_a_job_that_runs_is_awaited() -> None:
    stage, job_id = launched()
    assert stage.kinds() == ["await"]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert (outcome.lock.job, len(stage.provider.created)) == (job_id, 1)


def test_a_model_is_recorded_as_often_as_its_lock_is_lost() -> None:
    stage, job_id = launched()
    stage.provider.finish(job_id)
    for _ in range(2):
        (outcome,) = stage.apply()
        assert isinstance(outcome.change, Record)
        stage.locks.remove(SPEC.name)
    assert len(stage.provider.created) == 1


def test_a_dead_job_is_held_and_so_is_its_retry() -> None:
    stage, job_id = launched()
    stage.provider.fail(job_id)
    assert stage.kinds() == ["hold"]
    (second,) = stage.apply(stage.plan(retry=[SPEC.name]), wait=False)
    assert isinstance(second, Started)
    stage.provider.fail(JobId(second.job))
    stage.clock.advance(AFTER_THE_WINDOW)
    assert stage.kinds() == ["hold"]


def test_a_refused_retry_forgets_no_dead_job() -> None:
    stage, job_id = launched()
    stage.provider.fail(job_id)
    stage.provider.faults = [ProviderRejected("no credits", refusal=Refusal.QUOTA)]
    (outcome,) = stage.apply(stage.plan(retry=[SPEC.name]))
    assert isinstance(outcome, Failed)
    assert stage.kinds() == ["hold"]


def test_a_job_is_found_by_the_name_of_its_spec() -> None:
    stage, job_id = launched()
    assert find_job(SPEC.name, stage.eyes).id == job_id


def test_a_job_that_the_provider_does_not_know_is_passed_over() -> None:
    stage, job_id = launched()
    (intent,) = stage.journal.open_intents()
    stage.journal.begin(
        OpenIntent(
            fingerprint=intent.fingerprint,
            spec=intent.spec,
            begun_at=intent.begun_at,
            jobs=(JobId("ftjob-deleted"), job_id),
        )
    )
    assert [one.id for one in stage.prepare().observed[stage.target].jobs] == [job_id]


class Guarded(Forgetful):
    """Shows no single job either."""

    @override
    def job(self, job_id: JobId) -> ObservedJob:
        raise ProviderRejected("Permission denied", refusal=Refusal.FORBIDDEN)


def test_a_job_that_may_not_be_looked_at_stops_the_plan() -> None:
    stage = Stage(SPEC, provider=Guarded)
    stage.apply(wait=False)
    with pytest.raises(ProviderRejected, match="Permission denied"):
        stage.plan()


def lossy(*faults: Fault, lag: float = 0) -> Stage:
    stage = Stage(SPEC, provider=Forgetful)
    stage.provider.faults = list(faults)
    stage.provider.listing_lag = lag
    return stage


def test_a_lost_answer_is_found_by_what_was_ordered() -> None:
    stage = lossy(Fault.LOST_ANSWER)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert stage.provider.posts == 1
    stage.locks.remove(SPEC.name)
    assert stage.kinds() == ["record"]


def test_it_is_found_by_a_later_run_while_listings_lag() -> None:
    stage = lossy(Fault.LOST_ANSWER, lag=300)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Unconfirmed)
    stage.clock.advance(AFTER_THE_WINDOW)
    assert stage.kinds() == ["train"]
    (found,) = stage.apply()
    assert isinstance(found, Settled)
    assert len(stage.provider.created) == 1


def test_a_request_that_never_arrived_is_sent_again_where_stamps_may_be_kept() -> None:
    stage = lossy(Fault.LOST_REQUEST)
    stage.apply()
    stage.clock.advance(AFTER_THE_WINDOW)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert stage.provider.posts == 1


def known_to_drop() -> Stage:
    """One job was answered without its stamp; the creation of another is lost for good."""
    first = declared("first")
    stage = Stage(first, provider=Forgetful)
    stage.apply()
    stage.declare(first, SPEC)
    stage.provider.faults = [Fault.LOST_REQUEST]
    outcome = stage.apply()[1]
    assert isinstance(outcome, Unconfirmed)
    return stage


def test_where_stamps_are_dropped_a_lost_creation_waits_for_a_person() -> None:
    stage = known_to_drop()
    assert stage.kinds() == ["keep", "confirm"]
    stage.clock.advance(AFTER_THE_WINDOW)
    change = stage.plan().changes[1]
    assert isinstance(change, Hold)
    assert change.reason is Reason.CREATION_UNCONFIRMED
    outcome = stage.apply()[1]
    assert isinstance(outcome, Skipped)
    assert "this provider keeps no stamp" in outcome.message
    assert "ftops adopt triage JOB" in str(outcome.hint)
    retried = stage.apply(stage.plan(retry=[SPEC.name]))[1]
    assert isinstance(retried, Settled)


def test_the_window_that_closes_while_ftops_looks_is_no_permission_either() -> None:
    stage = known_to_drop()
    stage.clock.advance(AFTER_THE_WINDOW - stage.wishes.settle_seconds - 10)
    assert stage.kinds() == ["keep", "confirm"]
    outcome = stage.apply()[1]
    assert isinstance(outcome, Skipped)
    assert stage.kinds() == ["keep", "hold"]
    assert stage.provider.posts == 1


def test_two_lost_creations_on_one_file_are_a_person_s_to_tell_apart() -> None:
    both = (declared(seed=1), declared("other"))
    stage = Stage(*both, provider=Forgetful)
    stage.datasets = MemoryDatasets({one.name: pins("shared") for one in both})
    stage.provider.faults = [Fault.LOST_ANSWER, Fault.LOST_ANSWER]
    stage.provider.listing_lag = 300
    assert all(isinstance(one, Unconfirmed) for one in stage.apply())
    stage.clock.advance(AFTER_THE_WINDOW)
    outcomes = stage.apply()
    assert all(isinstance(one, Skipped) for one in outcomes)
    assert len(stage.provider.created) == 2
    (insisted,) = stage.apply(stage.plan("triage", retry=["triage"]), wait=False)
    assert isinstance(insisted, Started)
    assert len(stage.provider.created) == 3


class FullDisk(MemoryJournal):
    """Takes intents, and then nothing more."""

    @override
    def begin(self, intent: OpenIntent) -> None:
        if intent.jobs:
            raise RecordError("the disk is full")
        super().begin(intent)


def test_a_job_is_followed_although_its_name_cannot_be_written() -> None:
    stage = Stage(SPEC, journal=FullDisk)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
