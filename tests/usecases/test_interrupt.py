"""Ctrl-C stops the waiting, never what runs at the provider."""

import signal
import sys
import threading
from concurrent.futures import wait

from typing_extensions import override

from ftops.core.names import TargetName
from ftops.core.observed import ObservedFile
from ftops.core.outcome import Skipped, Started, Unconfirmed
from ftops.errors import ProviderRejected, Refusal
from ftops.ports import Hands
from ftops.usecases.apply import apply
from ftops.usecases.follow import Wishes
from tests.fakes.clock import FakeClock
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import declared
from tests.fakes.stage import Stage

SPEC = declared()
FIRST = declared("first")
SECOND = declared("second", model={"from": "first"})
ALONE = declared("alone")


def test_interrupted_before_it_began_nothing_is_done() -> None:
    stage = Stage(SPEC)
    plan = stage.plan()
    stage.clock.stop()
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Skipped)
    assert outcome.message == "interrupted before it began"
    assert stage.provider.posts == 0


class ControlC(FakeClock):
    """Whoever sleeps first sends the main thread what Ctrl-C sends, once that thread waits."""

    def __init__(self) -> None:
        super().__init__()
        self._cut_short = threading.Event()
        self._sent = threading.Event()

    @override
    def stop(self) -> None:
        super().stop()
        self._cut_short.set()

    @override
    def sleep(self, seconds: float) -> None:
        if not self._sent.is_set():
            self._sent.set()
            main = threading.main_thread().ident
            assert main is not None
            while not _waits(main):
                self._cut_short.wait(0.01)
            signal.pthread_kill(main, signal.SIGINT)
        assert self._cut_short.wait(10)


def _waits(thread: int) -> bool:
    """Say whether a thread is inside the `wait` of concurrent.futures."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the public door to frames
    while frame is not None and frame.f_code is not wait.__code__:
        frame = frame.f_back
    return frame is not None


def test_ctrl_c_says_what_goes_on_at_the_provider() -> None:
    stage = Stage(ALONE, FIRST, SECOND, clock=ControlC())
    stage.provider.looks_to_finish = None
    alone, first, second = stage.apply()
    assert isinstance(alone, Started)
    assert isinstance(first, Started)
    assert isinstance(second, Skipped)
    assert stage.provider.posts == 2
    assert stage.kinds() == ["await", "await", "train"]


class CutShort(dict[TargetName, Hands]):
    """A person interrupts while the second change is being started."""

    asked = 0

    @override
    def __getitem__(self, target: TargetName) -> Hands:
        self.asked += 1
        if self.asked == 2:
            raise KeyboardInterrupt
        return super().__getitem__(target)


def test_ctrl_c_while_changes_are_being_started_starts_no_more() -> None:
    stage = Stage(ALONE, FIRST)
    plan = stage.plan()
    outcomes = apply(plan, CutShort(stage.hands), Wishes())
    assert [one.change for one in outcomes] == list(plan.changes)
    assert outcomes[1] == Skipped(change=plan.changes[1], message="interrupted before it began")
    assert stage.clock.stopped
    assert stage.provider.posts <= 1


class Stopping(FakeProvider):
    """A person interrupts while the files are being listed."""

    @override
    def files(self) -> tuple[ObservedFile, ...]:
        self.clock.stop()
        return super().files()


def test_interrupted_before_the_request_nothing_is_launched() -> None:
    stage = Stage(SPEC, provider=Stopping)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Skipped)
    assert outcome.message == "interrupted before anything was launched"
    assert (stage.provider.posts, stage.journal.open_intents()) == (0, ())


def test_interrupted_while_a_queue_is_full_nothing_is_launched() -> None:
    stage = Stage(SPEC, clock=StoppingClock())
    stage.provider.faults = [ProviderRejected("full", refusal=Refusal.CONCURRENCY)] * 3
    (outcome,) = stage.apply()
    assert isinstance(outcome, Skipped)
    assert stage.provider.posts == 1


class StoppingClock(FakeClock):
    """A person interrupts at the end of the first sleep."""

    @override
    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.stop()


def test_interrupted_while_looking_it_stays_unconfirmed() -> None:
    stage = Stage(SPEC, clock=StoppingClock())
    stage.provider.faults = [Fault.LOST_REQUEST]
    (outcome,) = stage.apply()
    assert isinstance(outcome, Unconfirmed)
    assert stage.clock.slept == [2.0]


def test_interrupted_while_confirming_nothing_is_launched() -> None:
    stage = Stage(SPEC)
    stage.provider.faults = [Fault.LOST_REQUEST]
    stage.apply()
    plan = stage.plan()
    later = Stage(SPEC, clock=StoppingClock(stage.clock.now()))
    later.clock.advance(479)
    (outcome,) = later.apply(plan)
    assert isinstance(outcome, Unconfirmed)
    assert later.clock.slept == [2.0]
    assert later.provider.posts == 0
