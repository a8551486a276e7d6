from dataclasses import replace

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.progress import JobEvent
from ftops.core.status import Health, Sync
from ftops.usecases.status import last_step, standings
from tests.fakes.clock import NOON
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import declared
from tests.fakes.stage import Stage

SPEC = declared()
LINE = JobEvent(id="e1", created_at=NOON, level="info", message="step 1", measured={"step": 1})


class Measuring(FakeProvider):
    """Every job has logged two steps, and then a line of talk."""

    @override
    def events(self, job_id: JobId, after: str | None = None) -> tuple[JobEvent, ...]:
        super().events(job_id, after)
        second = replace(LINE, id="e2", message="step 2", measured={"step": 2})
        return (LINE, second, replace(LINE, id="e3", message="talk", measured={}))


def axes(stage: Stage) -> list[tuple[str, Sync, Health]]:
    return [
        (one.status.spec, one.status.sync, one.status.health) for one in standings(stage.prepare())
    ]


def test_a_spec_on_its_way_from_nothing_to_a_model() -> None:
    stage = Stage(SPEC)
    assert axes(stage) == [("triage", Sync.OUT_OF_SYNC, Health.MISSING)]
    stage.apply(wait=False)
    assert axes(stage) == [("triage", Sync.OUT_OF_SYNC, Health.PROGRESSING)]
    stage.apply()
    assert axes(stage) == [("triage", Sync.IN_SYNC, Health.READY)]


def test_a_spec_that_needs_a_person() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    stage.provider.fail(JobId("ftjob-001"))
    assert axes(stage) == [("triage", Sync.OUT_OF_SYNC, Health.STALLED)]


def test_a_running_job_tells_its_last_step() -> None:
    stage = Stage(SPEC, provider=Measuring)
    stage.apply(wait=False)
    (standing,) = standings(stage.prepare())
    assert standing.latest is not None
    assert standing.latest.step == 2
    assert standing.target == stage.target


def test_events_are_asked_only_where_a_job_runs() -> None:
    stage = Stage(SPEC, provider=Measuring)
    stage.apply()
    stage.fuse.steps.clear()
    (standing,) = standings(stage.prepare())
    assert standing.latest is None
    assert "a look at events" not in stage.fuse.steps


def test_a_creation_nobody_confirmed_has_no_job_to_ask_about() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [Fault.LOST_REQUEST]
    stage.apply()
    (standing,) = standings(stage.prepare())
    assert (standing.status.sync, standing.latest) == (Sync.UNKNOWN, None)


@pytest.mark.parametrize(
    ("provider", "step"),
    [
        pytest.param(FakeProvider, None, id="nothing was measured"),
        pytest.param(Measuring, 2, id="the newest line that measured"),
    ],
)
def test_the_last_step(provider: type[FakeProvider], step: int | None) -> None:
    stage = Stage(SPEC, provider=provider)
    stage.apply(wait=False)
    found = last_step(stage.provider, JobId("ftjob-001"))
    assert (found.step if found else None) == step


def test_a_settled_spec_tells_its_bill_beside_the_estimate() -> None:
    stage = Stage(SPEC)
    assert [one.bill for one in standings(stage.prepare())] == [None]
    stage.apply()
    (standing,) = standings(stage.prepare())
    (lock,) = stage.locks.read().values()
    assert standing.bill is not None
    assert standing.bill.tokens.billed == lock.trained_tokens
    assert standing.bill.tokens.estimated == stage.prepare().desired[0].estimate.trained_tokens
