"""A person's hand on a job: one request, and a finished job is left as it is."""

import subprocess
import sys
from collections.abc import Callable

import httpx2
import openai
import pytest

from ftops.adapters.openai_provider.writing import OpenAIProvider
from ftops.core.names import JobId
from ftops.core.observed import JobStatus, ObservedJob
from ftops.errors import ProviderError, ProviderRejected, ProviderSurprise
from tests.adapters.openai_provider.builders import always, api_error, in_turn, job_body, wired
from tests.fakes.specs import order

JOB = JobId("ftjob-1")
FINISHED = always(400, api_error("Job has already completed"))

Turn = Callable[[OpenAIProvider, JobId], ObservedJob]


@pytest.mark.parametrize(
    ("turn", "word", "status"),
    [
        pytest.param(OpenAIProvider.cancel, "cancel", "cancelled", id="cancel"),
        pytest.param(OpenAIProvider.pause, "pause", "paused", id="pause"),
        pytest.param(OpenAIProvider.resume, "resume", "queued", id="resume"),
    ],
)
def test_a_turn_is_one_request(turn: Turn, word: str, status: str) -> None:
    one = wired(always(200, job_body(status=status)))
    assert turn(one.provider, JOB).provider_status == status
    assert (one.asked[0].method, one.paths) == ("POST", [f"/fine_tuning/jobs/ftjob-1/{word}"])


def test_a_finished_job_is_left_as_it_is() -> None:
    one = wired(in_turn(FINISHED, always(200, job_body(status="succeeded"))))
    assert one.provider.cancel(JOB).status is JobStatus.SUCCEEDED


def test_a_refusal_that_is_not_about_the_end_is_told() -> None:
    one = wired(in_turn(FINISHED, always(200, job_body(status="running"))))
    with pytest.raises(ProviderRejected, match="already completed"):
        one.provider.pause(JOB)


def test_an_unknown_job_is_not_looked_for() -> None:
    one = wired(always(404, api_error("Could not find fine tune")))
    with pytest.raises(ProviderRejected):
        one.provider.cancel(JOB)
    assert len(one.asked) == 1


def test_a_bad_moment_is_not_waited_out() -> None:
    one = wired(always(500, api_error("oops")))
    with pytest.raises(ProviderError):
        one.provider.cancel(JOB)
    assert (len(one.asked), one.waited) == (1, [])


def test_an_error_of_the_sdks_own_is_unclear() -> None:
    def broken(_: httpx2.Request) -> httpx2.Response:
        raise openai.OpenAIError("something inside")

    with pytest.raises(ProviderSurprise, match="something inside"):
        wired(broken).provider.create_job(order())


def test_the_sdk_is_imported_only_for_acts() -> None:
    script = (
        "import sys; from ftops.adapters.openai_provider.writing import warm;"
        "before = 'openai' in sys.modules; warm(); print(before, 'openai' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert ran.stdout.split() == ["False", "True"]
