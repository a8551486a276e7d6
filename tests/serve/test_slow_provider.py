"""A provider that takes its time, or tells nonsense: what was seen goes on being shown."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import UTC, datetime

import pytest
from httpx2 import Response
from typing_extensions import override

from ftops.core.names import JobId, ModelId
from ftops.core.observed import ObservedJob
from ftops.core.progress import JobEvent
from tests.fakes.clock import NOON
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import declared, desired, job
from tests.fakes.stage import Stage
from tests.serve.conftest import Served, served
from tests.serve.test_jobs import LIST, measured

MADE = desired(rows="datasets/triage.train.jsonl")


class SlowProvider(FakeProvider):
    """Answers nothing while `gate` is closed; `waiting` counts who waits."""

    def __init__(self, **parts: object) -> None:
        super().__init__(**parts)  # type: ignore[arg-type]  # the fake's own
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Semaphore(0)

    @override
    def jobs(self) -> tuple[ObservedJob, ...]:
        self._wait()
        return super().jobs()

    @override
    def events(self, job_id: JobId, after: str | None = None) -> tuple[JobEvent, ...]:
        self._wait()
        return super().events(job_id, after)

    def _wait(self) -> None:
        if not self.gate.is_set():
            self.waiting.release()
            assert self.gate.wait(30)


@pytest.fixture
def slow() -> Iterator[Served]:
    stage = Stage(declared("triage"), provider=SlowProvider)
    for number in range(8):
        stage.provider.add(job(MADE, "succeeded", id=JobId(f"ftjob-{number}")))
    at = served(stage)
    provider_of(at).gate.clear()
    yield at
    provider_of(at).gate.set()


def provider_of(at: Served) -> SlowProvider:
    assert isinstance(at.stage.provider, SlowProvider)
    return at.stage.provider


def test_answers_do_not_wait_for_the_look_under_way(slow: Served) -> None:
    with ThreadPoolExecutor(1) as pool:
        look = pool.submit(slow.look)
        assert provider_of(slow).waiting.acquire(timeout=10)
        assert len(slow.client.get(LIST).json()) == 8
        assert slow.client.get("/api/health").json()["looks"] == 1
        provider_of(slow).gate.set()
        look.result(timeout=10)
    assert slow.client.get("/api/health").json()["looks"] == 2


def test_a_crowd_that_wants_one_log_does_not_pile_up(slow: Served) -> None:
    slow.premises.watch.trails.patience = 0.05
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(slow.client.get, f"{LIST}/ftjob-1/events") for _ in range(4)]
        assert provider_of(slow).waiting.acquire(timeout=10)
        statuses = [one.result(timeout=10).status_code for one in asked if _ends_early(one)]
        assert statuses == [502, 502, 502]
        provider_of(slow).gate.set()
    assert sorted(one.result().status_code for one in asked) == [200, 502, 502, 502]


def _ends_early(one: "Future[Response]") -> bool:
    try:
        one.result(timeout=2)
    except TooSlow:
        return False
    return True


def test_only_a_few_logs_are_fetched_at_once(slow: Served) -> None:
    slow.premises.watch.trails.patience = 0.05
    with ThreadPoolExecutor(8) as pool:
        urls = [f"{LIST}/ftjob-{number}/events" for number in range(8)]
        asked = [pool.submit(slow.client.get, url) for url in urls]
        early = [one for one in asked if _ends_early(one)]
        assert [one.result().status_code for one in early] == [502] * 4
        provider_of(slow).gate.set()


def test_the_log_of_a_job_that_ended_is_fetched_once_for_all_who_watched() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "running"))
    stage.provider.tell(JobId("ftjob-1"), measured(1))
    at = served(stage)
    stage.provider.finish(JobId("ftjob-1"))
    at.look()
    looks = len(stage.fuse.steps)
    for _ in range(5):
        assert len(at.client.get(f"{LIST}/ftjob-1/events").json()) == 2
    assert len(stage.fuse.steps) == looks


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"created_at": datetime.fromtimestamp(0, UTC)}, id="made in 1970"),
        pytest.param({"hyperparameters": {"n_epochs": "x", "batch_size": 0}}, id="no numbers"),
        pytest.param({"hyperparameters": {"a": float("nan")}}, id="not a number"),
        pytest.param({"model": ModelId("")}, id="no base"),
        pytest.param({"provider_status": "<b>\u202e\x00"}, id="a hostile word"),
        pytest.param({"trained_tokens": 10**30}, id="more tokens than there are"),
        pytest.param({"fine_tuned_model": None}, id="succeeded without a model"),
    ],
)
def test_nonsense_is_shown_as_it_is(fields: dict[str, object]) -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "succeeded", **fields))
    stage.provider.tell(
        JobId("ftjob-1"),
        JobEvent(
            id="a\nb",
            created_at=NOON,
            level="info",
            message="\x00",
            measured={"step": float("inf"), "train_loss": "x"},
        ),
    )
    at = served(stage)
    for path in ("", "/ftjob-1", "/ftjob-1/events", "/ftjob-1/metrics"):
        assert at.client.get(f"{LIST}{path}").status_code == 200, path
    for path in ("/api/llm/models", "/api/specs", "/api/capabilities", "/metrics", "/api/plan"):
        assert at.client.get(path).status_code == 200, path
    stream = {"Accept": "text/event-stream"}
    assert "id: a b\n" in at.client.get(f"{LIST}/ftjob-1/events", headers=stream).text
