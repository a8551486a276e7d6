"""The only code that spends money: one request, and a look before any other."""

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import ObservedFile, ObservedJob
from ftops.core.outcome import Failed, Settled, Skipped, Started, Unconfirmed
from ftops.core.plan import Confirm
from ftops.core.progress import Creating, Following, Looking, Uploading, Waiting
from ftops.errors import ProviderRejected, ProviderUnavailable, Refusal
from ftops.ports import JobOrder
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.memory import MemoryDatasets
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import declared, desired, job, pins
from tests.fakes.stage import Stage

SPEC = declared(metadata={"version": "2"})
WANTED = desired(metadata={"version": "2"}, rows=str(SPEC.spec.dataset.train))


class Listening(FakeProvider):
    """Keeps the orders it receives."""

    orders: list[JobOrder]

    @override
    def create_job(self, order: JobOrder) -> ObservedJob:
        self.orders = [*getattr(self, "orders", []), order]
        return super().create_job(order)


def test_one_request_says_it_all() -> None:
    stage = Stage(SPEC, provider=Listening)
    stage.commit = "abc123"
    stage.apply()
    assert isinstance(stage.provider, Listening)
    (order,) = stage.provider.orders
    assert stage.provider.posts == 1
    assert (order.model, order.training_file, order.validation_file) == (
        "gpt-4.1-mini-2025-04-14",
        "file-001",
        None,
    )
    assert order.stamp == {
        "ftops_project": "acme",
        "ftops_spec": "triage",
        "ftops_fingerprint": WANTED.fingerprint,
        "ftops_commit": "abc123",
        "version": "2",
    }
    assert order.idempotency_key == f"ftops-{WANTED.fingerprint}-0"


def test_without_git_the_stamp_names_no_commit() -> None:
    stage = Stage(SPEC, provider=Listening)
    stage.apply()
    assert isinstance(stage.provider, Listening)
    assert "ftops_commit" not in stage.provider.orders[0].stamp


def test_a_retry_is_another_request() -> None:
    stage = Stage(SPEC, provider=Listening)
    stage.provider.looks_to_finish = None
    stage.apply(wait=False)
    stage.provider.fail(JobId("ftjob-001"))
    stage.apply(stage.plan(retry=["triage"]), wait=False)
    assert isinstance(stage.provider, Listening)
    keys = [order.idempotency_key for order in stage.provider.orders]
    assert keys == [f"ftops-{WANTED.fingerprint}-{seen}" for seen in (0, 1)]


def test_the_intent_is_on_disk_before_the_request() -> None:
    stage = Stage(SPEC)
    stage.apply()
    steps = stage.fuse.steps
    assert steps.index("after the intent of triage") < steps.index("before a creation")
    assert steps.index("after an upload") < steps.index("before the intent of triage")


def test_files_are_uploaded_once() -> None:
    stage = Stage(SPEC)
    stage.datasets = MemoryDatasets({SPEC.name: pins("rows", "held out")})
    stage.apply()
    told = [one for one in stage.reporter.told if isinstance(one, Uploading)]
    assert (stage.provider.uploads, [one.size for one in told]) == (2, [4096, 512])
    files = stage.locks.read()[SPEC.name].files
    assert files == {"training_file": "file-001", "validation_file": "file-002"}


def test_an_earlier_upload_is_used_again() -> None:
    stage = Stage(SPEC)
    stage.apply()
    stage.declare(declared(seed=7))
    stage.apply()
    assert (stage.provider.posts, stage.provider.uploads) == (2, 1)


def test_data_edited_since_the_plan_launches_nothing() -> None:
    stage = Stage(SPEC)
    plan = stage.plan()
    stage.datasets.moved.add(pins(str(SPEC.spec.dataset.train)).training.digest)
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Failed)
    assert "changed since it was pinned" in outcome.message
    assert (stage.provider.uploads, stage.provider.posts) == (0, 0)


@pytest.mark.parametrize(
    "refusal",
    [Refusal.QUOTA, Refusal.DAILY_LIMIT, Refusal.KEY, Refusal.CLOSED, Refusal.OTHER],
)
def test_a_refusal_closes_the_intent_and_fails_at_once(refusal: Refusal) -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [ProviderRejected("refused", hint="do this", refusal=refusal)]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Failed)
    assert (outcome.message, outcome.hint) == ("refused", "do this")
    assert stage.journal.open_intents() == ()
    assert stage.journal.ends == [(WANTED.fingerprint, f"refused: {refusal}")]
    assert (stage.provider.posts, stage.clock.slept) == (1, [])
    assert stage.kinds() == ["train"]


@pytest.mark.parametrize("refusal", [Refusal.RATE, Refusal.CONCURRENCY, Refusal.FILE_NOT_READY])
def test_a_passing_refusal_is_waited_out_with_a_new_intent(refusal: Refusal) -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [ProviderRejected("slow down", refusal=refusal, retry_after=7)]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert (stage.provider.posts, len(stage.provider.created)) == (2, 1)
    assert stage.clock.slept[0] == 7
    assert stage.fuse.steps.count("after the intent of triage") == 2
    assert Waiting(spec=SPEC.name, why="slow down", seconds=7) in stage.reporter.told


def test_waits_grow_to_a_minute_and_end() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [ProviderRejected("slow", refusal=Refusal.RATE)] * 10
    (outcome,) = stage.apply()
    assert isinstance(outcome, Failed)
    assert stage.provider.posts == 8
    assert stage.clock.slept == [2, 4, 8, 16, 32, 60, 60]


def test_no_provider_makes_us_sleep_for_hours() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [ProviderRejected("slow", refusal=Refusal.RATE, retry_after=86_400)]
    stage.apply()
    assert stage.clock.slept[0] == 60


def test_a_full_queue_is_waited_for_as_long_as_it_takes() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [ProviderRejected("full", refusal=Refusal.CONCURRENCY)] * 50
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert stage.provider.posts == 51


def test_nobody_waits_who_said_no_wait() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [ProviderRejected("full", refusal=Refusal.CONCURRENCY)]
    (outcome,) = stage.apply(wait=False)
    assert isinstance(outcome, Failed)
    assert (stage.provider.posts, stage.clock.slept) == (1, [])


def test_a_started_job_is_not_waited_for() -> None:
    stage = Stage(SPEC)
    (outcome,) = stage.apply(wait=False)
    assert outcome == Started(change=outcome.change, job=JobId("ftjob-001"))
    assert stage.locks.read() == {}
    assert stage.kinds() == ["await"]


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
    stage.clock.advance(480)
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


def test_a_training_launched_since_the_plan_is_followed() -> None:
    stage = Stage(SPEC)
    plan = stage.plan()
    stage.provider.add(job(WANTED, id=JobId("ftjob-theirs")))
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert (outcome.lock.job, stage.provider.posts) == ("ftjob-theirs", 0)


def test_a_training_that_failed_since_the_plan_is_held() -> None:
    stage = Stage(SPEC)
    plan = stage.plan()
    stage.provider.add(job(WANTED, "failed", id=JobId("ftjob-theirs")))
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Skipped)
    assert outcome.message == "held: job ftjob-theirs has failed meanwhile"
    assert stage.provider.posts == 0


class Stopping(FakeProvider):
    """A person interrupts while the files are being listed."""

    @override
    def files(self) -> tuple[ObservedFile, ...]:
        self.clock.stop()
        return super().files()


def test_interrupted_before_the_request_nothing_is_launched() -> None:
    stage = Stage(SPEC, provider=Stopping)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Skipped)
    assert outcome.message == "interrupted before anything was launched"
    assert (stage.provider.posts, stage.journal.open_intents()) == (0, ())


class StoppingClock(FakeClock):
    """A person interrupts at the end of the first sleep."""

    @override
    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.stop()


def test_interrupted_while_looking_it_stays_unconfirmed() -> None:
    stage = Stage(SPEC, clock=StoppingClock())
    stage.provider.faults = [Fault.LOST_REQUEST]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Unconfirmed)
    assert stage.clock.slept == [2.0]


def test_interrupted_while_confirming_nothing_is_launched() -> None:
    stage = Stage(SPEC)
    unanswered(stage)
    plan = stage.plan()
    later = Stage(SPEC, clock=StoppingClock(stage.clock.now()))
    later.clock.advance(479)
    (outcome,) = later.apply(plan)
    assert isinstance(outcome, Unconfirmed)
    assert later.clock.slept == [2.0]
    assert later.provider.posts == 0


def test_interrupted_while_a_queue_is_full_nothing_is_launched() -> None:
    stage = Stage(SPEC, clock=StoppingClock())
    stage.provider.faults = [ProviderRejected("full", refusal=Refusal.CONCURRENCY)] * 3
    (outcome,) = stage.apply()
    assert isinstance(outcome, Skipped)
    assert stage.provider.posts == 1
