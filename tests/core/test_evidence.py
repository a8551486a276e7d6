"""What tells a job of ours without its stamp."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ftops.core.evidence import Ordered, fitting
from ftops.core.names import JobId, ModelId
from ftops.core.observed import ObservedJob
from tests.fakes.clock import NOON
from tests.fakes.specs import BASE, desired, intent, job

WANTED = desired(hyperparameters={"n_epochs": 3}, seed=7)
TOLD = intent(WANTED, seconds_ago=0)
ORDERED = Ordered(desired=WANTED, model=BASE, intent=TOLD)


def unstamped(**fields: Any) -> ObservedJob:  # noqa: ANN401 - any field of the job
    usual = {
        "metadata": {},
        "created_at": NOON,
        "seed": 7,
        "hyperparameters": {"n_epochs": 3, "batch_size": 4},
    }
    return job(WANTED, "queued", **{**usual, **fields})


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        pytest.param(unstamped(), True, id="all that was ordered"),
        pytest.param(unstamped(hyperparameters={}, seed=None, method=None), True, id="terse"),
        pytest.param(
            unstamped(created_at=NOON - timedelta(minutes=4)), True, id="clocks differ a little"
        ),
        pytest.param(
            unstamped(model=ModelId(f"{BASE}-2025-04-14")), True, id="an alias with its date"
        ),
        pytest.param(unstamped(created_at=NOON - timedelta(minutes=6)), False, id="an older job"),
        pytest.param(unstamped(seed=8), False, id="another seed"),
        pytest.param(unstamped(method="dpo"), False, id="another method"),
        pytest.param(unstamped(hyperparameters={"n_epochs": 4}), False, id="other epochs"),
        pytest.param(unstamped(model=ModelId("gpt-4o-mini")), False, id="another base"),
        pytest.param(job(WANTED, "queued", seed=7), False, id="a stamped job"),
    ],
)
def test_one_job_fits_or_does_not(found: ObservedJob, *, fits: bool) -> None:
    assert fitting([found], ORDERED, ()) == ((found,) if fits else ())


def test_a_job_known_as_another_training_s_is_passed_over() -> None:
    both = [unstamped(), unstamped(id=JobId("ftjob-2"))]
    assert fitting(both, ORDERED, ()) == tuple(both)
    assert fitting(both, ORDERED, {JobId("ftjob-2")}) == (both[0],)


def test_the_provider_s_own_time_needs_no_slack() -> None:
    told = replace(TOLD, told_at=NOON + timedelta(milliseconds=400))
    ordered = Ordered(desired=WANTED, model=BASE, intent=told)
    assert fitting([unstamped()], ordered, ())
    early = unstamped(created_at=NOON - timedelta(seconds=1))
    assert not fitting([early], ordered, ())


def test_a_tuned_model_must_be_the_very_one() -> None:
    ordered = Ordered(desired=WANTED, model=ModelId("ft:a:b::c"), intent=TOLD)
    assert fitting([unstamped(model=ModelId("ft:a:b::c"))], ordered, ())
    assert not fitting([unstamped(model=ModelId("ft:a:b::c-2"))], ordered, ())
