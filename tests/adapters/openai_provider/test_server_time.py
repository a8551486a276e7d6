"""The provider's own clock, from the Date of an answer."""

from datetime import UTC, datetime

import pytest

from ftops.errors import ProviderRejected
from tests.adapters.openai_provider.builders import always, api_error, wired


@pytest.mark.parametrize(
    ("date", "told"),
    [
        pytest.param(
            "Sun, 22 Nov 2026 12:00:05 GMT", datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC), id="GMT"
        ),
        pytest.param("Sun, 22 Nov 2026 12:00:05 -0000", None, id="without a zone"),
        pytest.param("noon", None, id="not a date"),
        pytest.param("", None, id="none"),
    ],
)
def test_the_time_is_the_answer_s_date(date: str, told: datetime | None) -> None:
    at = wired(always(200, {"object": "list", "data": []}, Date=date))
    assert at.provider.told_at() is None
    assert at.provider.server_time() == told
    assert at.provider.told_at() == told
    assert at.paths == ["/models"]


def test_a_refused_look_tells_no_time() -> None:
    at = wired(always(401, api_error("Incorrect API key provided", "invalid_api_key")))
    with pytest.raises(ProviderRejected):
        at.provider.server_time()
