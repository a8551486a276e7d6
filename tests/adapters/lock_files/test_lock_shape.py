"""Tests of what plain data is a lock, and what is none."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from ftops.adapters.lock_files.lock_shape import lock_from_plain
from ftops.core.lock import Lock
from tests.fakes.specs import desired, lock

SPEC = desired("triage", seed=42, metadata={"version": "2.0"})


@pytest.mark.parametrize(
    "recorded",
    [
        pytest.param(lock(SPEC), id="a whole one"),
        pytest.param(
            lock(SPEC, trained_tokens=None, cost_usd=None, finished_at=None), id="what is not known"
        ),
        pytest.param(
            lock(SPEC, created_at=datetime(2026, 11, 22, 13, tzinfo=timezone(timedelta(hours=2)))),
            id="a time of another zone",
        ),
    ],
)
def test_a_lock_survives_plain_data(recorded: Lock) -> None:
    again = lock_from_plain(recorded.to_plain())
    assert again == recorded
    assert again.to_plain() == recorded.to_plain()


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        pytest.param({"schema": 2}, "schema", id="a newer schema"),
        pytest.param({"extra": 1}, "extra", id="an unknown key"),
        pytest.param({"fingerprint": "0" * 63}, "fingerprint", id="a short fingerprint"),
        pytest.param({"fingerprint": "A" * 64}, "fingerprint", id="capital hex digits"),
        pytest.param({"spec": "No Name"}, "spec", id="an illegal name"),
        pytest.param({"model": ""}, "model", id="no model"),
        pytest.param({"created_at": "yesterday"}, "created_at", id="no time"),
    ],
)
def test_what_is_no_lock(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        lock_from_plain({**lock(SPEC).to_plain(), **fields})
    assert [one["loc"][0] for one in refused.value.errors()] == [place]
