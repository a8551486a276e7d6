"""Every kind of answer to a creation and what it means: nothing happened, or nobody knows."""

from dataclasses import dataclass

import httpx2
import pytest

from ftops.errors import (
    ProviderError,
    ProviderRejected,
    ProviderSurprise,
    ProviderUnavailable,
    Refusal,
)
from tests.adapters.openai_provider.builders import Answering, always, api_error, failing, wired
from tests.fakes.specs import order

PAGE = "<!doctype html><title>Welcome</title>"


def refused(
    status: int, message: str = "No.", code: str | None = None, **headers: str
) -> Answering:
    return always(status, api_error(message, code), **headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    refusal: Refusal
    says: str = "No."
    hint: str | None = None


REJECTED = [
    pytest.param(
        refused(401, "Incorrect API key provided: sk-x***y", "invalid_api_key"),
        Told(refusal=Refusal.KEY, says="Authentication failed", hint="OPENAI_API_KEY"),
        id="a wrong key",
    ),
    pytest.param(
        refused(402),
        Told(refusal=Refusal.QUOTA, says="Insufficient credits", hint="add credits"),
        id="payment required",
    ),
    pytest.param(
        refused(429, "You exceeded your current quota", "insufficient_quota"),
        Told(refusal=Refusal.QUOTA, says="Insufficient credits", hint="add credits"),
        id="no credits",
    ),
    pytest.param(
        refused(400, "Billing hard limit has been reached", "billing_hard_limit_reached"),
        Told(refusal=Refusal.QUOTA, says="Insufficient credits", hint="add credits"),
        id="a billing limit",
    ),
    pytest.param(
        refused(429, "You exceeded your current quota, check your plan"),
        Told(refusal=Refusal.QUOTA, says="Insufficient credits"),
        id="no credits, by its words",
    ),
    pytest.param(
        refused(429, "No more today.", "daily_rate_limit_exceeded"),
        Told(refusal=Refusal.DAILY_LIMIT, says="No more today.", hint="tomorrow"),
        id="the daily limit",
    ),
    pytest.param(
        refused(429, "This model allows 12 requests per day."),
        Told(refusal=Refusal.DAILY_LIMIT, says="12 requests per day", hint="tomorrow"),
        id="the daily limit, by its words",
    ),
    pytest.param(
        refused(429, "You have too many running jobs (3).", "rate_limit_exceeded"),
        Told(refusal=Refusal.CONCURRENCY, says="running jobs", hint="as soon as another one ends"),
        id="too many running jobs",
    ),
    pytest.param(
        refused(429, "Maximum concurrent fine-tunes reached"),
        Told(refusal=Refusal.CONCURRENCY, says="concurrent"),
        id="too much concurrency",
    ),
    pytest.param(
        refused(429, "Rate limit reached", "rate_limit_exceeded"),
        Told(refusal=Refusal.RATE, says="Rate limit reached", hint="in a minute"),
        id="too fast",
    ),
    pytest.param(
        refused(429, "Slow down.", "slow_down"),
        Told(refusal=Refusal.RATE, says="Slow down"),
        id="slow down",
    ),
    pytest.param(
        refused(403, "Training is not available.", "training_not_available"),
        Told(refusal=Refusal.CLOSED, says="2027-01-06", hint="--target local"),
        id="OpenAI is closing",
    ),
    pytest.param(
        refused(403, "Missing scopes: api.fine_tuning.jobs.write"),
        Told(refusal=Refusal.FORBIDDEN, says="Permission denied: Missing scopes", hint="write"),
        id="a missing scope",
    ),
    pytest.param(
        refused(403, "Country not supported", "unsupported_country_region_territory"),
        Told(refusal=Refusal.FORBIDDEN, says="Country not supported", hint="this place"),
        id="an unserved country",
    ),
    pytest.param(
        refused(404, "The model does not exist", "model_not_found"),
        Told(refusal=Refusal.NOT_FOUND, says="The model does not exist"),
        id="not found",
    ),
    pytest.param(
        refused(400, "File 'file-1' is still being processed and is not ready"),
        Told(refusal=Refusal.FILE_NOT_READY, says="still being processed"),
        id="a file that is not ready",
    ),
    pytest.param(
        refused(400, "Model gpt-9 is not available for fine-tuning or does not exist"),
        Told(refusal=Refusal.OTHER, says="Model gpt-9 is not available"),
        id="another model",
    ),
    pytest.param(refused(413), Told(refusal=Refusal.OTHER), id="too large"),
    pytest.param(refused(422), Told(refusal=Refusal.OTHER), id="not processable"),
    pytest.param(
        always(400, {"error": {"message": None, "code": "bad_thing"}}),
        Told(refusal=Refusal.OTHER, says="bad_thing"),
        id="a code without words",
    ),
]


@pytest.mark.parametrize(("answer", "told"), REJECTED)
def test_a_refusal_with_an_api_error_says_that_nothing_happened(
    answer: Answering, told: Told
) -> None:
    one = wired(answer)
    with pytest.raises(ProviderRejected) as caught:
        one.provider.create_job(order())
    assert caught.value.refusal is told.refusal
    assert told.says in caught.value.message
    assert (told.hint or "") in (caught.value.hint or "")
    assert (len(one.asked), one.waited) == (1, [])


UNCLEAR = [
    pytest.param(refused(408), ProviderUnavailable, "408", id="408 with an API error"),
    pytest.param(refused(409), ProviderUnavailable, "409", id="409 with an API error"),
    pytest.param(refused(425), ProviderUnavailable, "425", id="425 with an API error"),
    pytest.param(refused(500), ProviderUnavailable, "No.", id="500 with an API error"),
    pytest.param(always(502, PAGE), ProviderUnavailable, "502", id="502 of a gateway"),
    pytest.param(refused(503, "Overloaded"), ProviderUnavailable, "Overloaded", id="503"),
    pytest.param(always(429, ""), ProviderSurprise, "429", id="429 of nobody"),
    pytest.param(always(429, PAGE), ProviderSurprise, "web page", id="429 of a web page"),
    pytest.param(
        always(429, {"message": "Too Many"}), ProviderSurprise, "Too Many", id="429 of a gateway"
    ),
    pytest.param(
        always(401, {"message": "Unauthorized"}),
        ProviderSurprise,
        "Authentication failed",
        id="401 of a gateway",
    ),
    pytest.param(
        always(404, {"detail": "Not Found"}), ProviderSurprise, "Not Found", id="404 of a stranger"
    ),
    pytest.param(always(400, {"error": {}}), ProviderSurprise, "400", id="an empty error"),
    pytest.param(
        always(404, PAGE), ProviderSurprise, "404 with a web page", id="404 of a web page"
    ),
    pytest.param(
        always(413, PAGE), ProviderSurprise, "413 with a web page", id="413 of a web page"
    ),
    pytest.param(
        always(307, "", location="https://elsewhere/v1"), ProviderSurprise, "elsewhere", id="307"
    ),
    pytest.param(always(302, ""), ProviderSurprise, "nowhere", id="302 to nowhere"),
    pytest.param(always(200, PAGE), ProviderSurprise, "web page", id="200 of a web page"),
    pytest.param(
        always(200, "", content_type="text/html"), ProviderSurprise, "web page", id="an empty page"
    ),
    pytest.param(always(200, ""), ProviderSurprise, "nothing", id="200 and nothing"),
    pytest.param(always(201, '{"id": "ftjo'), ProviderSurprise, "cannot be read", id="half a body"),
    pytest.param(always(200, {"object": "job"}), ProviderSurprise, "cannot be read", id="no id"),
    pytest.param(always(200, {"id": ""}), ProviderSurprise, "cannot be read", id="a blank id"),
    pytest.param(always(200, ["ftjob"]), ProviderSurprise, "cannot be read", id="a list"),
    pytest.param(
        failing(httpx2.ReadTimeout("read")), ProviderUnavailable, "in time", id="a timeout"
    ),
    pytest.param(
        failing(httpx2.ConnectError("refused")), ProviderUnavailable, "refused", id="nobody there"
    ),
    pytest.param(failing(httpx2.ReadError("reset")), ProviderUnavailable, "reset", id="a reset"),
    pytest.param(
        failing(httpx2.DecodingError("gzip")), ProviderUnavailable, "gzip", id="a broken encoding"
    ),
]


@pytest.mark.parametrize(("answer", "kind", "says"), UNCLEAR)
def test_everything_else_is_unclear(
    answer: Answering, kind: type[ProviderError], says: str
) -> None:
    one = wired(answer)
    with pytest.raises(ProviderError) as caught:
        one.provider.create_job(order())
    assert type(caught.value) is kind
    assert says in caught.value.message
    assert caught.value.hint
    assert (len(one.asked), one.waited) == (1, [])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry_after": "7"}, 7.0, id="seconds"),
        pytest.param({"retry_after_ms": "250"}, 0.25, id="milliseconds"),
        pytest.param(
            {
                "date": "Sun, 22 Nov 2026 12:00:00 GMT",
                "retry_after": "Sun, 22 Nov 2026 12:01:00 GMT",
            },
            60.0,
            id="a date, by the provider's own clock",
        ),
        pytest.param({"retry_after": "soon"}, None, id="a word"),
        pytest.param({"retry_after": "-3"}, None, id="the past"),
        pytest.param({"retry_after": "inf"}, None, id="never"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_wait_that_is_asked_for_is_kept(headers: dict[str, str], seconds: float | None) -> None:
    with pytest.raises(ProviderRejected) as caught:
        wired(refused(429, **headers)).provider.create_job(order())
    assert caught.value.retry_after == seconds


def test_a_missing_key_is_told_by_its_variable() -> None:
    one = wired(refused(401), api_key=None, key_name="ACME_KEY")
    with pytest.raises(ProviderRejected) as caught:
        one.provider.models()
    assert caught.value.hint == "set ACME_KEY, in the environment or in .env"


def test_a_listing_that_is_not_there_points_at_the_base_url() -> None:
    with pytest.raises(ProviderRejected) as caught:
        wired(refused(404, "Invalid URL (GET /models)")).provider.models()
    assert "/v1" in (caught.value.hint or "")


def test_an_absent_local_server_is_told_how_to_start() -> None:
    one = wired(failing(httpx2.ConnectError("refused")), kind="local")
    with pytest.raises(ProviderUnavailable) as caught:
        one.provider.create_job(order())
    assert "ftops local up" in (caught.value.hint or "")


def test_credits_at_openai_come_with_the_page_to_buy_them() -> None:
    one = wired(refused(402), base_url="https://api.openai.com/v1")
    with pytest.raises(ProviderRejected) as caught:
        one.provider.create_job(order())
    assert "platform.openai.com" in (caught.value.hint or "")


def test_a_long_text_is_cut_and_keeps_to_one_line() -> None:
    with pytest.raises(ProviderRejected) as caught:
        wired(refused(400, "line\n\x1b[31m" * 200)).provider.create_job(order())
    assert len(caught.value.message) < 500
    assert caught.value.message.isprintable()


def test_a_body_too_large_for_a_gateway_is_not_blamed_on_the_address() -> None:
    one = wired(always(413, PAGE))
    with pytest.raises(ProviderSurprise) as caught:
        one.provider.create_job(order())
    assert caught.value.hint == "what was sent is too large for a gateway on the way"
