"""Providers that keep no metadata: a job that an answer named is never paid for again."""

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import ObservedJob, OpenIntent
from ftops.core.outcome import Failed, Settled, Started
from ftops.core.plan import Record
from ftops.errors import ProviderRejected, RecordError, Refusal
from ftops.usecases.jobs import find_job
from tests.fakes.memory import MemoryJournal
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import declared
from tests.fakes.stage import Stage

SPEC = declared()
AFTER_THE_WINDOW = 601


class Forgetful(FakeProvider):
    """Keeps no metadata, so no listing shows a job of ours."""

    @override
    def jobs(self) -> tuple[ObservedJob, ...]:
        super().jobs()
        return ()


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
