"""Machines that share nothing but the provider create at the same moment: one job is left."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from typing_extensions import override

from ftops.core.observed import ObservedJob
from ftops.core.orders import JobOrder
from ftops.core.outcome import Settled
from ftops.ports import Clock
from tests.fakes.clock import FakeClock
from tests.fakes.fuse import Fuse
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import declared
from tests.fakes.stage import Stage

SPEC = declared()


class StartingLine(FakeProvider):
    """Accepts no creation before every machine has looked and sent its own."""

    def __init__(self, machines: int, clock: Clock) -> None:
        super().__init__(clock=clock)
        self._all = threading.Barrier(machines, timeout=10)

    @override
    def create_job(self, order: JobOrder) -> ObservedJob:
        self._all.wait()
        return super().create_job(order)


@pytest.mark.parametrize("machines", [2, 3, 5])
@pytest.mark.parametrize("attempt", range(4))
def test_one_job_is_left_and_all_record_it(machines: int, attempt: int) -> None:
    clock = FakeClock()
    shared = StartingLine(machines, clock)
    shared.looks_to_finish = 8 + attempt

    def join(*, clock: Clock, fuse: Fuse) -> FakeProvider:
        del clock, fuse
        return shared

    stages = [Stage(SPEC, clock=clock, provider=join) for _ in range(machines)]  # type: ignore[arg-type]
    plans = [stage.plan() for stage in stages]
    with ThreadPoolExecutor(machines) as threads:
        outcomes = list(threads.map(Stage.apply, stages, plans))
    ended = sorted(job.status for job in shared.jobs())
    assert ended == ["cancelled"] * (machines - 1) + ["succeeded"]
    (winner,) = [job.id for job in shared.jobs() if job.status == "succeeded"]
    assert all(isinstance(outcome, Settled) for (outcome,) in outcomes)
    assert {stage.locks.read()[SPEC.name].job for stage in stages} == {winner}
    assert all(stage.plan().is_empty for stage in stages)
