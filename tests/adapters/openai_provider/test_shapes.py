"""What a job or an event of any provider means to the core."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ftops.core.names import JobId
from ftops.core.observed import JobFailure, JobStatus, ObservedJob
from tests.adapters.openai_provider.builders import always, in_turn, job_body, listed, wired

JOB = JobId("ftjob-1")


def job(**fields: Any) -> ObservedJob:  # noqa: ANN401 - any field of a job
    return wired(always(200, job_body(**fields))).provider.job(JOB)


def test_a_whole_job_is_read() -> None:
    seen = job(
        status="succeeded",
        fine_tuned_model="ft:m:acme::x",
        validation_file="file-2",
        trained_tokens=1700,
        finished_at=1_764_000_600,
        estimated_finish=1_764_000_300,
        seed=42,
        result_files=["file-3"],
        organization_id=None,
        usage_metrics={"new": "field"},
    )
    assert seen.status is JobStatus.SUCCEEDED
    assert (seen.fine_tuned_model, seen.validation_file) == ("ft:m:acme::x", "file-2")
    assert (seen.trained_tokens, seen.seed, seen.result_files) == (1700, 42, ("file-3",))
    assert seen.created_at == datetime.fromtimestamp(1_764_000_000, UTC)
    assert seen.finished_at == datetime.fromtimestamp(1_764_000_600, UTC)
    assert seen.estimated_finish == datetime.fromtimestamp(1_764_000_300, UTC)


def test_a_bare_job_is_enough() -> None:
    seen = wired(always(200, {"id": "ftjob-1"})).provider.job(JOB)
    assert (seen.status, seen.provider_status) == (JobStatus.UNRECOGNISED, "")
    assert (seen.metadata, seen.hyperparameters, seen.result_files) == ({}, {}, ())
    assert seen.created_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("word", "status"),
    [
        pytest.param("paused", JobStatus.PAUSED, id="a word younger than the client"),
        pytest.param("canceled", JobStatus.CANCELLED, id="another spelling"),
        pytest.param("notRunning", JobStatus.QUEUED, id="a word of Azure's"),
        pytest.param("levitating", JobStatus.UNRECOGNISED, id="a word of nobody's"),
    ],
)
def test_a_status_is_an_open_word(word: str, status: JobStatus) -> None:
    seen = job(status=word)
    assert (seen.status, seen.provider_status) == (status, word)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        pytest.param(None, None, id="null"),
        pytest.param({}, None, id="an empty object"),
        pytest.param({"code": None, "message": None, "param": None}, None, id="all null"),
        pytest.param("", None, id="no text"),
        pytest.param(
            {"code": "invalid_training_file", "message": "Line 3", "param": "training_file"},
            JobFailure(code="invalid_training_file", message="Line 3"),
            id="a code and a message",
        ),
        pytest.param({"code": "odd"}, JobFailure(code="odd", message=""), id="only a code"),
        pytest.param("Boom", JobFailure(code="", message="Boom"), id="only a text"),
    ],
)
def test_a_healthy_job_has_no_failure(error: object, failure: JobFailure | None) -> None:
    assert job(error=error).failure == failure


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        pytest.param(
            {
                "hyperparameters": {"n_epochs": 9, "batch_size": 2},
                "method": {
                    "type": "supervised",
                    "supervised": {"hyperparameters": {"n_epochs": 3}},
                },
            },
            {"n_epochs": 3, "batch_size": 2},
            id="the method's first",
        ),
        pytest.param(
            {"hyperparameters": {"n_epochs": 4, "batch_size": "auto"}},
            {"n_epochs": 4},
            id="the old place, and nothing undecided",
        ),
        pytest.param(
            {
                "hyperparameters": None,
                "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}},
            },
            {"beta": 0.1},
            id="preferences have no old place",
        ),
        pytest.param(
            {"hyperparameters": {"n_epochs": -1, "batch_size": None}}, {}, id="Azure's -1"
        ),
        pytest.param({"method": {"type": "supervised", "supervised": None}}, {}, id="a null"),
        pytest.param({"method": {"type": None}}, {}, id="a method without a type"),
    ],
)
def test_what_the_provider_chose_is_read(
    fields: dict[str, object], chosen: dict[str, object]
) -> None:
    assert job(**fields).hyperparameters == chosen


def test_metadata_is_text_only() -> None:
    assert job(metadata={"a": 1, "b": None, "c": "x"}).metadata == {"a": "1", "c": "x"}


def test_a_moment_beyond_all_calendars_is_not_a_crash() -> None:
    assert job(created_at=1e30).created_at == datetime.fromtimestamp(0, UTC)
    assert job(created_at=None).created_at == datetime.fromtimestamp(0, UTC)


def event(number: int, second: int = 0, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return {
        "id": f"ev-{number}",
        "created_at": 1_764_000_000 + second,
        "level": "info",
        "message": f"event {number}",
        **fields,
    }


def ids(*pages: dict[str, object], after: str | None = None) -> list[str]:
    one = wired(in_turn(*(always(200, page) for page in pages)))
    return [seen.id for seen in one.provider.events(JOB, after)]


def test_events_come_oldest_first() -> None:
    told = listed(event(3, 5), event(2, 5), event(1), has_more=False)
    assert ids(told) == ["ev-1", "ev-2", "ev-3"]


def test_events_told_from_the_beginning_stay_in_order() -> None:
    first = listed(event(1), event(2, 5), has_more=True)
    assert ids(first, listed(event(3, 5), has_more=False)) == ["ev-1", "ev-2", "ev-3"]


def test_only_younger_events_are_told_and_only_their_pages_asked_for() -> None:
    first = listed(event(4, 4), event(3, 3), has_more=True)
    second = listed(event(2, 2), event(1, 1), has_more=True)
    one = wired(in_turn(always(200, first), always(200, second)))
    assert [seen.id for seen in one.provider.events(JOB, "ev-2")] == ["ev-3", "ev-4"]
    assert one.paths == [
        "/fine_tuning/jobs/ftjob-1/events?limit=100",
        "/fine_tuning/jobs/ftjob-1/events?limit=100&after=ev-3",
    ]


def test_a_story_from_the_beginning_is_followed_beyond_the_known_event() -> None:
    first = listed(event(1, 1), event(2, 2), has_more=True)
    assert ids(first, listed(event(3, 3), has_more=False), after="ev-1") == ["ev-2", "ev-3"]


def test_an_unknown_event_hides_nothing() -> None:
    assert ids(listed(event(2, 2), event(1, 1), has_more=False), after="gone") == ["ev-1", "ev-2"]


def test_no_events_are_no_events() -> None:
    assert ids(listed(has_more=False)) == []


@pytest.mark.parametrize(
    ("fields", "measured"),
    [
        pytest.param(
            {"type": "metrics", "data": {"step": 1, "train_loss": 0.5}},
            {"step": 1, "train_loss": 0.5},
            id="numbers",
        ),
        pytest.param({"type": "message", "data": {"step": 1}}, {}, id="not of a message"),
        pytest.param({"type": "metrics", "data": None}, {}, id="nothing"),
    ],
)
def test_a_metrics_event_holds_numbers(fields: dict[str, Any], measured: dict[str, object]) -> None:
    one = wired(always(200, listed(event(1, **fields), has_more=False)))
    assert one.provider.events(JOB)[0].measured == measured
