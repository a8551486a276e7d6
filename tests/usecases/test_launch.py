"""The only code that spends money: one request, and a look before any other."""

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import ObservedJob
from ftops.core.orders import JobOrder
from ftops.core.outcome import Failed, Settled, Skipped, Started
from ftops.core.progress import Uploading, Waiting
from ftops.errors import ProviderRejected, Refusal
from tests.fakes.memory import MemoryDatasets
from tests.fakes.provider import FakeProvider
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
    told = "; what was uploaded for it stays there: file-001"
    assert outcome.message == f"refused{told if refusal is Refusal.CLOSED else ''}"
    assert outcome.hint == "do this"
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
