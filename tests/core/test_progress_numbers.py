"""What an event measured, however oddly a provider says it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ftops.core.progress import JobEvent


@pytest.mark.parametrize(
    ("told", "step"),
    [
        pytest.param(12, 12, id="a whole number"),
        pytest.param(12.0, 12, id="a float that is whole"),
        pytest.param(None, None, id="nothing"),
        pytest.param("12", None, id="text"),
        pytest.param(True, None, id="a truth value"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param(float("inf"), None, id="infinity"),
        pytest.param(10**400, None, id="too large for a float"),
    ],
)
def test_a_step_is_a_sensible_number_or_none(told: Any, step: int | None) -> None:  # noqa: ANN401 - anything may come
    event = JobEvent(
        id="ftevent-1",
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
        level="info",
        message="Step",
        measured={"step": told},
    )
    assert event.step == step
