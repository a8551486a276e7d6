"""Which of several jobs of one fingerprint counts: recorded, else succeeded, else the oldest."""

from datetime import timedelta

import pytest

from ftops.core.names import JobId, ModelId
from ftops.core.observed import ObservedJob
from ftops.core.rivals import may_be_ended, rivals_of, winner_of
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, desired, job

GONE = ModelId("ft:gone")


def one(name: str, status: str, minutes: float = 0, model: ModelId | None = None) -> ObservedJob:
    made = {} if model is None else {"fine_tuned_model": model}
    born = NOON + timedelta(minutes=minutes)
    return job(None, status, id=JobId(name), created_at=born, **made)


def has_model(model: ModelId | None) -> bool:
    return model == TUNED


@pytest.mark.parametrize(
    ("jobs", "recorded", "winner"),
    [
        pytest.param([], None, None, id="no job"),
        pytest.param([one("a", "failed"), one("b", "cancelled")], None, None, id="dead jobs"),
        pytest.param([one("b", "running", 1), one("a", "queued")], None, "a", id="the older"),
        pytest.param([one("b", "running"), one("a", "queued")], None, "a", id="a tie goes by id"),
        pytest.param(
            [one("a", "running"), one("b", "succeeded", 1)], None, "b", id="a model before age"
        ),
        pytest.param(
            [one("b", "succeeded", 1), one("a", "succeeded")], None, "a", id="the older model"
        ),
        pytest.param(
            [one("a", "succeeded"), one("b", "succeeded", 1)],
            "b",
            "b",
            id="the recorded before the older",
        ),
        pytest.param(
            [one("a", "succeeded"), one("b", "succeeded", 1, GONE)],
            "b",
            "a",
            id="a recorded job whose model is gone does not count",
        ),
        pytest.param([one("a", "failed"), one("b", "paused", 1)], None, "b", id="a paused job"),
        pytest.param([one("a", "dreaming")], None, "a", id="a status nobody knows may end well"),
    ],
)
def test_the_winner(jobs: list[ObservedJob], recorded: str | None, winner: str | None) -> None:
    named = None if recorded is None else JobId(recorded)
    for order in (jobs, jobs[::-1]):
        found = winner_of(order, has_model, named)
        assert (None if found is None else found.id) == winner


def test_rivals_are_all_others_that_may_still_cost() -> None:
    jobs = [one("c", "running", 2), one("b", "queued", 1), one("a", "running"), one("d", "failed")]
    assert [rival.id for rival in rivals_of(JobId("a"), jobs)] == ["b", "c"]
    assert rivals_of(JobId("a"), [one("a", "running"), one("b", "succeeded")]) == ()


@pytest.mark.parametrize(
    ("status", "project", "endable"),
    [
        pytest.param("queued", "acme", True, id="ours in the queue"),
        pytest.param("validating_files", "acme", True, id="ours before the queue"),
        pytest.param("running", "acme", False, id="ours, running"),
        pytest.param("paused", "acme", False, id="ours, paused"),
        pytest.param("dreaming", "acme", False, id="a status nobody knows"),
        pytest.param("queued", "globex", False, id="somebody else's"),
    ],
)
def test_only_our_own_that_has_not_begun_may_be_ended(
    status: str, project: str, *, endable: bool
) -> None:
    assert may_be_ended(job(desired(), status), project) is endable
