"""Looks: what is asked, what is asked again, and what is left alone."""

from datetime import date

import httpx2
import pytest

from ftops.adapters.openai_provider.wire import open_client
from ftops.core.names import FileId, JobId, ModelId
from ftops.core.observed import ObservedModel
from ftops.errors import ProviderError, ProviderRejected, ProviderSurprise, ProviderUnavailable
from tests.adapters.openai_provider.builders import (
    Answering,
    always,
    api_error,
    connection,
    failing,
    in_turn,
    job_body,
    listed,
    wired,
)
from tests.fakes.specs import PROJECT

MODEL = ModelId("ft:gpt-4.1-mini-2025-04-14:acme::AbC123")
FILTER = f"metadata%5Bftops_project%5D={PROJECT}"


def test_jobs_are_asked_for_by_project_in_one_listing() -> None:
    one = wired(always(200, listed(job_body(), has_more=False)))
    assert [job.id for job in one.provider.jobs()] == ["ftjob-1"]
    assert one.paths == [f"/fine_tuning/jobs?{FILTER}&limit=100"]


def test_a_filter_that_is_ignored_lets_no_foreign_job_in() -> None:
    entries = [
        job_body("ftjob-1"),
        job_body("ftjob-2", metadata=None),
        job_body("ftjob-3", metadata={"ftops_project": "other", "ftops_fingerprint": "ab"}),
        job_body("ftjob-4", metadata={"ftops_project": PROJECT}),
    ]
    one = wired(always(200, listed(*entries, has_more=False)))
    assert [job.id for job in one.provider.jobs()] == ["ftjob-1"]


def test_jobs_without_any_stamp_are_found_by_their_file() -> None:
    entries = [
        job_body("ftjob-1"),
        job_body("ftjob-2", metadata=None),
        job_body("ftjob-3", metadata=None, training_file="file-other"),
        job_body("ftjob-4", metadata={"team": "support"}),
    ]
    one = wired(always(200, listed(*entries, has_more=False)))
    file_id = FileId(str(job_body()["training_file"]))
    assert [job.id for job in one.provider.unstamped_jobs(file_id)] == ["ftjob-2", "ftjob-4"]
    assert one.paths == ["/fine_tuning/jobs?limit=100"]


def picky(*unknown: str) -> Answering:
    """Refuse every query that has one of these words."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if any(word in str(request.url.query) for word in unknown):
            return httpx2.Response(400, json=api_error("Unknown parameter"))
        return httpx2.Response(200, json=listed(job_body()))

    return answer


@pytest.mark.parametrize(
    ("unknown", "paths"),
    [
        pytest.param(
            ("metadata",),
            [
                f"/fine_tuning/jobs?{FILTER}&limit=100",
                "/fine_tuning/jobs?limit=100",
                "/fine_tuning/jobs?limit=100&after=ftjob-1",
            ],
            id="without the filter",
        ),
        pytest.param(
            ("metadata", "limit"),
            [
                f"/fine_tuning/jobs?{FILTER}&limit=100",
                "/fine_tuning/jobs?limit=100",
                "/fine_tuning/jobs",
                "/fine_tuning/jobs?after=ftjob-1",
            ],
            id="without the limit, so to the end",
        ),
    ],
)
def test_what_a_server_does_not_know_is_left_out(
    unknown: tuple[str, ...], paths: list[str]
) -> None:
    one = wired(picky(*unknown))
    assert [job.id for job in one.provider.jobs()] == ["ftjob-1"]
    assert one.paths == paths


def test_a_listing_that_is_refused_in_every_way_is_an_error() -> None:
    one = wired(always(400, api_error("No listing today")))
    with pytest.raises(ProviderRejected, match="No listing today"):
        one.provider.files()
    assert len(one.asked) == 3


def test_all_pages_are_followed() -> None:
    first = listed(job_body("ftjob-2"), has_more=True)
    one = wired(
        in_turn(always(200, first), always(200, listed(job_body("ftjob-1"), has_more=False)))
    )
    assert [job.id for job in one.provider.jobs()] == ["ftjob-2", "ftjob-1"]
    assert one.paths[1] == f"/fine_tuning/jobs?{FILTER}&limit=100&after=ftjob-2"


def test_a_page_that_fails_makes_no_short_listing() -> None:
    first = listed(job_body("ftjob-2"), has_more=True)
    one = wired(in_turn(always(200, first), always(403, api_error("no"))))
    with pytest.raises(ProviderRejected):
        one.provider.jobs()


def test_files_are_asked_for_by_purpose() -> None:
    entry = {"id": "file-1", "filename": "a.jsonl", "bytes": 12, "status": "processed"}
    one = wired(always(200, listed(entry, {"id": "file-2"}, has_more=False)))
    assert [(file.name, file.size, file.status) for file in one.provider.files()] == [
        ("a.jsonl", 12, "processed"),
        ("", 0, None),
    ]
    assert one.paths == ["/files?purpose=fine-tune&limit=10000"]


@pytest.mark.parametrize(
    ("told", "day"),
    [
        pytest.param({"shutdown_date": "2027-01-14"}, date(2027, 1, 14), id="a date"),
        pytest.param({"shutdown_date": "2027-01-14T00:00:00Z"}, date(2027, 1, 14), id="a moment"),
        pytest.param({"shutdown_date": None}, None, id="a null"),
        pytest.param({}, None, id="nothing"),
        pytest.param({"shutdown_date": "soon"}, None, id="a word"),
        pytest.param({"shutdown_date": 17}, None, id="a number"),
    ],
)
def test_a_models_last_day_is_read_if_it_is_one(told: dict[str, object], day: date | None) -> None:
    one = wired(always(200, listed({"id": MODEL, **told})))
    assert one.provider.models() == {MODEL: ObservedModel(id=MODEL, shutdown_date=day)}


def test_a_null_instead_of_models_is_no_model() -> None:
    assert wired(always(200, {"data": None})).provider.models() == {}


def test_one_model_is_asked_for_by_its_id() -> None:
    one = wired(always(200, {"id": MODEL}))
    assert one.provider.model(MODEL) == ObservedModel(id=MODEL)
    assert one.paths == [f"/models/{MODEL}"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(api_error("no such model", "model_not_found"), id="in the API's words"),
        pytest.param({"detail": "Not Found"}, id="in other words"),
    ],
)
def test_a_model_that_is_not_there_is_none(body: object) -> None:
    assert wired(always(404, body)).provider.model(MODEL) is None


def test_a_web_page_is_no_missing_model() -> None:
    with pytest.raises(ProviderSurprise, match="web page"):
        wired(always(404, "<html>")).provider.model(MODEL)


def test_an_id_cannot_leave_its_path() -> None:
    one = wired(always(200, job_body()))
    one.provider.job(JobId("../models?x"))
    assert one.paths == ["/fine_tuning/jobs/..%2Fmodels%3Fx"]


BAD_MOMENTS = [
    pytest.param(failing(httpx2.ConnectError("refused")), id="nobody there"),
    pytest.param(failing(httpx2.ReadTimeout("late")), id="a timeout"),
    pytest.param(always(500, ""), id="a failure"),
    pytest.param(always(502, "<html>"), id="a gateway's page"),
    pytest.param(always(408, api_error("late")), id="a request timeout"),
    pytest.param(always(429, api_error("slow", "rate_limit_exceeded")), id="too fast"),
    pytest.param(always(429, ""), id="too fast for a proxy"),
]


@pytest.mark.parametrize("moment", BAD_MOMENTS)
def test_a_bad_moment_is_waited_out(moment: Answering) -> None:
    one = wired(in_turn(moment, moment, always(200, job_body())))
    assert one.provider.job(JobId("ftjob-1")).id == "ftjob-1"
    assert len(one.asked) == 3
    assert 0.3 < one.waited[0] < 0.7 < one.waited[1] < 1.3


@pytest.mark.parametrize("moment", BAD_MOMENTS)
def test_a_bad_time_ends_after_three_tries(moment: Answering) -> None:
    one = wired(moment)
    with pytest.raises(ProviderError):
        one.provider.job(JobId("ftjob-1"))
    assert (len(one.asked), len(one.waited)) == (3, 2)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(always(401, api_error("no")), id="a refused key"),
        pytest.param(always(404, api_error("no")), id="a missing job"),
        pytest.param(always(429, api_error("no", "insufficient_quota")), id="no credits"),
        pytest.param(
            always(429, api_error("no", "rate_limit_exceeded"), retry_after="31"),
            id="a wait that is too long",
        ),
        pytest.param(always(200, "<html>"), id="a web page"),
    ],
)
def test_what_waiting_does_not_cure_is_asked_once(answer: Answering) -> None:
    one = wired(answer)
    with pytest.raises(ProviderError):
        one.provider.job(JobId("ftjob-1"))
    assert (len(one.asked), one.waited) == (1, [])


def test_the_provider_says_how_long_to_wait() -> None:
    too_fast = always(429, api_error("slow", "rate_limit_exceeded"), retry_after="30")
    one = wired(in_turn(too_fast, always(200, job_body())))
    one.provider.job(JobId("ftjob-1"))
    assert one.waited == [30.0]


def test_an_unreachable_host_is_named() -> None:
    one = wired(failing(httpx2.ConnectError("[Errno 111] Connection refused")))
    with pytest.raises(ProviderUnavailable, match=r"127\.0\.0\.1:9/v1 cannot be reached") as caught:
        one.provider.models()
    assert "base_url" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("base_url", "kind", "proxies"),
    [
        pytest.param("http://127.0.0.1:1/v1", "local", False, id="our own server, no proxy"),
        pytest.param("https://api.openai.com/v1", "openai", True, id="the world, by its proxy"),
    ],
)
def test_a_client_of_our_own(base_url: str, kind: str, *, proxies: bool) -> None:
    with open_client(connection(base_url=base_url, kind=kind)) as client:
        assert client.trust_env is proxies
        assert client.follow_redirects is False
