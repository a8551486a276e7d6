from dataclasses import replace
from datetime import timedelta

import pytest

from ftops.core.names import FileId, JobId
from ftops.core.progress import JobEvent
from ftops.errors import ProviderUnavailable
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, declared, desired, job, lock
from tests.fakes.stage import Stage
from tests.serve.conftest import Served, served

LIST = "/api/llm/fine-tuning/jobs"
MADE = desired(rows="datasets/triage.train.jsonl")


def measured(step: int, total: int = 100, **numbers: float) -> JobEvent:
    return JobEvent(
        id=f"ev-{step}",
        created_at=NOON + timedelta(seconds=step),
        level="info",
        message=f"Step {step}/{total}",
        measured={"step": step, "total_steps": total, **numbers},
    )


def with_job(status: str, *events: JobEvent, **fields: object) -> Served:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, status, **fields))
    for event in events:
        stage.provider.tell(JobId("ftjob-1"), event)
    return served(stage)


@pytest.mark.parametrize(
    ("provider_status", "status"),
    [
        pytest.param("validating_files", "queued", id="validating is queued"),
        pytest.param("queued", "queued", id="queued"),
        pytest.param("running", "running", id="running"),
        pytest.param("paused", "running", id="paused is still running"),
        pytest.param("dreaming", "running", id="an unknown word may be running"),
        pytest.param("succeeded", "completed", id="succeeded is completed"),
        pytest.param("failed", "failed", id="failed"),
        pytest.param("cancelled", "cancelled", id="cancelled"),
    ],
)
def test_a_job_has_one_of_five_words_and_the_providers_own(
    provider_status: str, status: str
) -> None:
    at = with_job(provider_status)
    (row,) = at.client.get(LIST).json()
    assert (row["status"], row["provider_status"]) == (status, provider_status)
    assert row["job_id"] == "ftjob-1"
    assert row["spec"] == "triage"


def test_progress_and_finish_follow_the_steps_seen() -> None:
    at = with_job("running", measured(10, train_loss=2.0), measured(40, train_loss=1.5))
    view = at.client.get(f"{LIST}/ftjob-1").json()
    assert (view["progress"], view["step"], view["total_steps"]) == (40, 40, 100)
    assert view["metrics"] == {"train_loss": 1.5}
    # 30 steps took 30 seconds, 60 are left after step 40.
    assert view["estimated_finish"] == "2026-11-22T12:01:40Z"


def test_expected_steps_come_from_epochs_and_batches_where_no_event_tells() -> None:
    only_a_step = replace(measured(15), message="", measured={"step": 15})
    at = with_job("running", only_a_step, hyperparameters={"n_epochs": 3, "batch_size": 5})
    assert at.client.get(f"{LIST}/ftjob-1").json()["progress"] == 50


def test_the_providers_own_estimate_wins() -> None:
    finish = NOON + timedelta(hours=2)
    at = with_job("running", measured(10), measured(40), estimated_finish=finish)
    view = at.client.get(f"{LIST}/ftjob-1").json()
    assert view["estimated_finish"] == "2026-11-22T14:00:00Z"


def test_a_failed_job_says_why_and_what_next() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "running"))
    stage.provider.fail(JobId("ftjob-1"))
    error = served(stage).client.get(f"{LIST}/ftjob-1").json()["error"]
    assert error["code"] == "invalid_training_file"
    assert error["hint"] == "correct the dataset of triage and apply again"


def test_a_job_only_a_lock_remembers_is_shown() -> None:
    stage = Stage(declared("triage"))
    stage.locks.write(lock(MADE))
    (row,) = served(stage).client.get(LIST).json()
    assert (row["status"], row["progress"], row["model"]) == ("completed", 100, TUNED)
    assert row["is_current"]


def many(count: int) -> Served:
    stage = Stage(declared("triage"))
    for number in range(count):
        status = "failed" if number % 2 else "cancelled"
        made_at = NOON - timedelta(hours=1) + timedelta(seconds=number)
        stage.provider.add(job(MADE, status, id=JobId(f"ftjob-{number}"), created_at=made_at))
    return served(stage)


def test_pages_follow_the_link_header_to_the_end() -> None:
    at, url, seen = many(7), f"{LIST}?limit=3", []
    while url:
        answer = at.client.get(url)
        seen += [row["job_id"] for row in answer.json()]
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert seen == [f"ftjob-{number}" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        pytest.param("status=failed", 3, id="by status"),
        pytest.param("status=running", 0, id="a status nobody has"),
        pytest.param("spec=triage", 7, id="by spec"),
        pytest.param("spec=other", 0, id="a spec nobody declared"),
        pytest.param("after=ftjob-2", 2, id="after a job"),
    ],
)
def test_the_list_narrows(query: str, count: int) -> None:
    assert len(many(7).client.get(f"{LIST}?{query}").json()) == count


@pytest.mark.parametrize("after", ["gone", ""])
def test_the_list_is_never_cut_short_by_a_job_nobody_knows(after: str) -> None:
    answer = many(7).client.get(LIST, params={"after": after})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "unknown_cursor"
    assert "without `after`" in answer.json()["error"]["hint"]


@pytest.mark.parametrize("query", ["status=odd", "limit=0", "limit=1001", "limit=x"])
def test_a_wrong_query_is_told(query: str) -> None:
    answer = many(1).client.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_request"


def test_what_did_not_change_is_not_sent_again() -> None:
    at = many(2)
    first = at.client.get(LIST)
    again = at.client.get(LIST, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_browsers_cost_the_provider_nothing() -> None:
    at = with_job("running", measured(1))
    before = len(at.stage.fuse.steps)
    for path in ("", "/ftjob-1", "/ftjob-1/events", "/ftjob-1/metrics"):
        for _ in range(5):
            assert at.client.get(f"{LIST}{path}").status_code == 200
    assert len(at.stage.fuse.steps) == before


def test_an_ended_jobs_log_is_asked_for_once() -> None:
    at = with_job("succeeded", measured(1, train_loss=1.0))
    before = len(at.stage.fuse.steps)
    for _ in range(5):
        assert len(at.client.get(f"{LIST}/ftjob-1/events").json()) == 1
    assert at.stage.fuse.steps[before:] == ["a look at events"]


RESULTS = b"step,train_loss,train_accuracy,valid_loss\n1,2.5,0.5,\n2,1.5,0.75,1.25\n"


def test_curves_come_from_the_result_file_once_there_is_one() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "succeeded", result_files=(FileId("file-9"),)))
    stage.provider.contents[FileId("file-9")] = RESULTS
    told = served(stage).client.get(f"{LIST}/ftjob-1/metrics").json()
    assert told["source"] == "result-file"
    assert {one["name"]: one["points"] for one in told["series"]} == {
        "train_loss": [[1, 2.5], [2, 1.5]],
        "train_mean_token_accuracy": [[1, 0.5], [2, 0.75]],
        "valid_loss": [[2, 1.25]],
    }


def test_curves_come_from_events_where_the_result_file_is_gone() -> None:
    gone = (FileId("file-9"),)
    at = with_job("succeeded", measured(1, train_loss=1.0), result_files=gone)
    told = at.client.get(f"{LIST}/ftjob-1/metrics").json()
    assert told["source"] == "events"
    assert told["series"] == [{"name": "train_loss", "points": [[1, 1.0]]}]


def test_a_provider_that_is_away_is_told_and_not_asked_again_at_once() -> None:
    at = with_job("succeeded", measured(1))
    at.stage.provider.reading_fault = ProviderUnavailable("no answer", hint="wait")
    answers = [at.client.get(f"{LIST}/ftjob-1/events") for _ in range(3)]
    assert [one.status_code for one in answers] == [502] * 3
    assert answers[0].json()["error"]["hint"] == "wait"
    assert at.stage.fuse.steps.count("a look at events") == 1
    at.stage.clock.advance(11)
    at.stage.provider.reading_fault = None
    assert at.client.get(f"{LIST}/ftjob-1/events").status_code == 200


def test_an_unknown_job_is_none_of_ours() -> None:
    answer = many(1).client.get(f"{LIST}/ftjob-else")
    assert answer.status_code == 404
    assert "ftops adopt" in answer.json()["error"]["hint"]


def test_the_stream_of_an_ended_job_tells_all_and_ends() -> None:
    at = with_job("succeeded", measured(1), measured(2))
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "ev-1"}
    answer = at.client.get(f"{LIST}/ftjob-1/events", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    kinds = [line for line in answer.text.splitlines() if line.startswith(("event:", "id:"))]
    assert kinds == ["event: job", "event: log", "id: ev-2", "event: end"]
