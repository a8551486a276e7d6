from dataclasses import replace

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import ObservedJob
from ftops.core.outcome import Failed, Settled
from ftops.core.progress import Following, JobEvent, JobLine, JobSeen
from ftops.errors import FtopsError, ProviderRejected, ProviderUnavailable, Refusal
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import declared, desired, job
from tests.fakes.stage import Stage

SPEC = declared()
WANTED = desired(rows=str(SPEC.spec.dataset.train))
FIRST = JobId("ftjob-001")


class Flickering(FakeProvider):
    """The next looks at a job, or at its events, fail with what a test put here."""

    job_faults: tuple[FtopsError, ...] = ()
    event_faults: tuple[FtopsError, ...] = ()
    faulty_once_final = False

    @override
    def job(self, job_id: JobId) -> ObservedJob:
        if self.job_faults:
            fault, *rest = self.job_faults
            self.job_faults = tuple(rest)
            raise fault
        return super().job(job_id)

    @override
    def events(self, job_id: JobId, after: str | None = None) -> tuple[JobEvent, ...]:
        due = not self.faulty_once_final or self._jobs[job_id].status.is_final
        if self.event_faults and due:
            fault, *rest = self.event_faults
            self.event_faults = tuple(rest)
            raise fault
        return super().events(job_id, after)


def flickering() -> tuple[Stage, Flickering]:
    stage = Stage(SPEC, provider=Flickering)
    assert isinstance(stage.provider, Flickering)
    return stage, stage.provider


AWAY = ProviderUnavailable("bad gateway")


def test_every_event_is_told_once_and_the_states_between() -> None:
    stage = Stage(SPEC)
    stage.apply()
    told = stage.reporter.told
    assert Following(spec=SPEC.name, job=FIRST, adopted=False) in told
    assert [one.event.message for one in told if isinstance(one, JobLine)] == [
        "Created fine-tuning job: ftjob-001",
        "Fine-tuning job started",
        "New fine-tuned model created: ft:gpt-4.1-mini-2025-04-14:fake::00000001",
    ]
    assert [one.provider_status for one in told if isinstance(one, JobSeen)] == [
        "running",
        "succeeded",
    ]


def test_a_job_somebody_else_started_is_adopted() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    stage.apply()
    assert Following(spec=SPEC.name, job=FIRST, adopted=True) in stage.reporter.told


def test_a_settled_job_is_recorded_and_its_intent_closed() -> None:
    stage = Stage(SPEC)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert stage.locks.read()[SPEC.name] == outcome.lock
    assert stage.journal.ends == [(WANTED.fingerprint, "ftjob-001 succeeded")]


def test_looks_grow_rarer_as_a_job_ages() -> None:
    stage = Stage(SPEC)
    stage.provider.looks_to_finish = 120
    stage.apply()
    slept = stage.clock.slept
    assert (slept[0], slept[-1]) == (2, 30)
    assert slept == sorted(slept)


def test_slow_looks_stay_as_slow_as_asked() -> None:
    stage = Stage(SPEC)
    stage.wishes = replace(stage.wishes, poll_seconds=300)
    stage.provider.looks_to_finish = 4
    stage.apply()
    assert stage.clock.slept == [300, 300, 300]


@pytest.mark.parametrize("misses", [1, 20])
def test_looks_that_fail_now_and_then_are_survived(misses: int) -> None:
    stage, provider = flickering()
    provider.job_faults = (AWAY,) * misses
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)


def test_a_job_out_of_sight_for_long_is_left_to_the_next_run() -> None:
    stage, provider = flickering()
    provider.job_faults = (AWAY,) * 21
    (outcome,) = stage.apply()
    assert isinstance(outcome, Failed)
    assert outcome.message == "lost sight of job ftjob-001: bad gateway"
    assert outcome.hint == "the job goes on at the provider; `ftops apply` picks it up again"
    provider.job_faults = ()
    (again,) = stage.apply()
    assert isinstance(again, Settled)
    assert len(provider.created) == 1


def test_a_refused_look_is_not_repeated() -> None:
    stage, provider = flickering()
    provider.job_faults = (ProviderRejected("no such job", refusal=Refusal.NOT_FOUND),)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Failed)
    assert stage.clock.slept == []


def test_a_rate_limit_is_waited_out() -> None:
    stage, provider = flickering()
    provider.job_faults = (ProviderRejected("slow down", refusal=Refusal.RATE),) * 3
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(AWAY, id="away"),
        pytest.param(ProviderRejected("no events here"), id="refused"),
    ],
)
@pytest.mark.parametrize("only_at_the_end", [True, False])
def test_a_model_is_recorded_though_events_cannot_be_read(
    fault: FtopsError, *, only_at_the_end: bool
) -> None:
    stage, provider = flickering()
    provider.event_faults = (fault,) * 90
    provider.faulty_once_final = only_at_the_end
    provider.looks_to_finish = 40
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        pytest.param(
            "invalid_training_file",
            "correct the dataset of triage and apply again",
            id="the data is wrong",
        ),
        pytest.param(
            "exceeded_quota",
            "see `ftops logs triage`; train it again with `ftops apply --retry triage`",
            id="anything else",
        ),
    ],
)
def test_a_job_that_fails(code: str, hint: str) -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    plan = stage.plan()
    stage.provider.fail(FIRST, code)
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Failed)
    assert outcome.message == f"job ftjob-001 failed: The job failed. ({code})"
    assert outcome.hint == hint
    assert stage.locks.read() == {}
    assert stage.kinds() == ["hold"]


def test_a_cancelled_job_says_so() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    plan = stage.plan()
    stage.provider.cancel(FIRST)
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Failed)
    assert outcome.message == "job ftjob-001 ended as cancelled"
    assert stage.kinds() == ["hold"]


def test_a_model_without_a_name_is_a_surprise() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    plan = stage.plan()
    stage.provider.add(job(WANTED, id=FIRST, fine_tuned_model=None))
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Failed)
    assert outcome.message == "job ftjob-001 succeeded, but names no model"


def test_a_found_job_that_is_done_is_recorded_without_waiting() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [Fault.LOST_ANSWER]
    stage.provider.listing_lag = 130
    stage.apply()
    stage.provider.finish(FIRST)
    (outcome,) = stage.apply(wait=False)
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert outcome.lock.job == FIRST


@pytest.mark.parametrize("lag", [0, 300])
def test_a_failed_job_is_held_even_before_it_is_listed(lag: float) -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    plan = stage.plan()
    stage.provider.listing_lag = lag
    stage.provider.fail(FIRST)
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Failed)
    stage.apply()
    assert len(stage.provider.created) == 1
    stage.clock.advance(lag)
    assert stage.kinds() == ["hold"]


@pytest.mark.parametrize("lag", [0, 300])
def test_a_model_is_found_again_even_before_its_job_is_listed(lag: float) -> None:
    stage = Stage(SPEC)
    stage.provider.listing_lag = lag
    (first,) = stage.apply()
    assert isinstance(first, Settled)
    stage.locks.remove(SPEC.name)
    outcomes = [stage.apply() for _ in range(4)]
    assert stage.locks.read() == {SPEC.name: first.lock}
    assert isinstance(outcomes[-1][0], Settled)
    assert len(stage.provider.created) == 1


class BlindToLists(FakeProvider):
    """Lists no jobs any more once one was created."""

    @override
    def jobs(self) -> tuple[ObservedJob, ...]:
        if self.created:
            raise AWAY
        return super().jobs()


def test_an_intent_stays_open_while_no_listing_shows_the_job() -> None:
    stage = Stage(SPEC, provider=BlindToLists)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert [one.fingerprint for one in stage.journal.open_intents()] == [WANTED.fingerprint]


def test_relabelling_leaves_an_intent_open() -> None:
    stage = Stage(SPEC)
    stage.provider.listing_lag = 300
    stage.apply()
    stage.declare(declared(metadata={"version": "2"}))
    stage.apply()
    assert len(stage.journal.open_intents()) == 1
