import asyncio
import threading
from collections.abc import Callable

import pytest

from ftops.core.names import JobId
from ftops.errors import ProviderUnavailable
from ftops.serve.api.stream import follow
from ftops.serve.premises import Bell
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.serve.watch import Pace, Watch
from tests.fakes.lookout import FakeLookout
from tests.fakes.specs import declared, desired, job
from tests.fakes.stage import Stage
from tests.serve.conftest import Served, served
from tests.serve.test_jobs import measured

MADE = desired(rows="datasets/triage.train.jsonl")
QUICK = Pace(busy=0.01, idle=0.01, least=0.0)
NEVER = Pace(busy=600, idle=600, least=0.0)


class Counted:
    """A listener that can be waited for."""

    def __init__(self) -> None:
        self.seen: list[Snapshot] = []
        self._more = threading.Condition()

    def __call__(self, snapshot: Snapshot) -> None:
        with self._more:
            self.seen.append(snapshot)
            self._more.notify_all()

    def wait_for(self, count: int) -> bool:
        with self._more:
            return self._more.wait_for(lambda: len(self.seen) >= count, 30)


@pytest.mark.parametrize(
    ("status", "pace"),
    [
        pytest.param("running", 3.0, id="seconds while a job runs"),
        pytest.param("succeeded", 60.0, id="a minute when idle"),
    ],
)
def test_the_pace_follows_the_state(status: str, pace: float) -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, status))
    assert Pace().after(Watch(FakeLookout(stage)).look()) == pace


def test_trouble_is_looked_at_again_sooner() -> None:
    stage = Stage(declared("triage"))
    stage.provider.reading_fault = ProviderUnavailable("away")
    assert Pace().after(Watch(FakeLookout(stage)).look()) == 15.0


def test_it_looks_again_and_again_and_tells_its_listeners() -> None:
    watch, told = Watch(FakeLookout(Stage(declared("triage"))), QUICK), Counted()
    watch.listeners.append(told)
    watch.start()
    assert told.wait_for(3)
    watch.stop()
    numbers = [one.number for one in told.seen]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_nudge_makes_the_next_look_come_at_once() -> None:
    watch, told = Watch(FakeLookout(Stage(declared("triage"))), NEVER), Counted()
    watch.listeners.append(told)
    watch.start()
    assert told.wait_for(1)
    watch.nudge()
    assert told.wait_for(2)
    watch.stop()


def test_what_is_written_on_this_machine_is_seen_soon() -> None:
    lookout = FakeLookout(Stage(declared("triage")))
    watch, told = Watch(lookout, Pace(busy=600, idle=600, least=0.0, glance=0.01)), Counted()
    watch.listeners.append(told)
    watch.start()
    assert told.wait_for(1)
    lookout.files = "written"
    assert told.wait_for(2)
    watch.stop()


def test_a_bug_in_looking_is_told_and_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    lookout = FakeLookout(Stage(declared("triage")))
    lookout.fault = ZeroDivisionError()
    watch = Watch(lookout, QUICK)
    told = Counted()
    watch.listeners.append(told)
    watch.start()
    while "a look failed" not in caplog.text:
        threading.Event().wait(0.01)
    assert "the look itself failed" in watch.snapshot.troubles[0].message
    lookout.fault = None
    assert told.wait_for(1)
    assert watch.snapshot.troubles == ()
    watch.stop()


def test_before_the_first_look_it_says_so() -> None:
    watch = Watch(FakeLookout(Stage(declared("triage"))))
    assert watch.snapshot.troubles[0].message == "nothing was looked at yet"
    assert watch.snapshot.jobs == ()


def test_a_running_jobs_log_is_asked_only_for_what_is_new() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "running"))
    at = served(stage)
    for number in range(1, 4):
        stage.provider.tell(JobId("ftjob-1"), measured(number))
        at.look()
    assert len(at.premises.watch.snapshot.trails[JobId("ftjob-1")].events) == 3
    stage.provider.reading_fault = ProviderUnavailable("away")
    at.look()
    assert len(at.premises.watch.snapshot.trails[JobId("ftjob-1")].events) == 3


def stream_while(at: Served, *steps: Callable[[], object]) -> list[str]:
    """Follow the job; do each step once the one before was told, and return the kinds told."""

    async def run() -> list[str]:
        bell = at.premises.bell
        bell.open(asyncio.get_running_loop())
        at.premises.watch.listeners.append(bell.ring)
        kinds: list[str] = []
        left = list(steps)
        async for piece in follow(at.premises, "ftjob-1", None):
            kinds.append(piece.decode().split("\n")[0].removeprefix("event: "))
            if left:
                await asyncio.sleep(0.05)
                left.pop(0)()
        return kinds

    return asyncio.run(run())


def test_a_stream_goes_on_with_the_job_until_it_has_ended() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "running"))
    at = served(stage)

    def a_step() -> None:
        stage.provider.tell(JobId("ftjob-1"), measured(1, train_loss=1.0))
        at.look()

    def the_end() -> None:
        stage.provider.finish(JobId("ftjob-1"))
        at.look()

    kinds = stream_while(at, a_step, the_end)
    assert kinds[0] == "job"
    assert kinds[-1] == "end"
    assert kinds.count("log") == 2


def test_a_stream_ends_when_the_server_does() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "running"))
    at = served(stage)
    assert stream_while(at, at.premises.bell.close) == ["job"]


def test_a_bell_that_nobody_hears_may_be_rung() -> None:
    Bell().ring()


def test_a_quiet_stream_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftops.serve.api.stream.HEARTBEAT_SECONDS", 0.01)
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "running"))
    at = served(stage)
    kinds = stream_while(at, lambda: None, at.premises.bell.close)
    assert kinds == ["job", ": still here"]
