"""Several machines with one provider and one ledger, each with a disk of its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from typing_extensions import override

from ftops.core.ledger import Acquired, Begun, Holder, Intended
from ftops.core.names import JobId, TargetName
from ftops.core.observed import OpenIntent
from ftops.core.outcome import Failed, Settled, Unconfirmed
from ftops.errors import LeaseLost, LedgerError, RecordError
from ftops.ports import Eyes, Hands
from ftops.usecases.lease import Membership, SharedLedger, SharedTurns
from ftops.usecases.shared_journal import Scope, SharedJournal, SharedReading
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.fuse import Crash
from tests.fakes.ledger import MemoryLedger
from tests.fakes.memory import MemoryJournal, RecordingReporter
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import PROJECT, TARGET, declared, desired, intent
from tests.fakes.stage import Stage

SPEC = declared()
SCOPE = Scope(project=PROJECT, target=TARGET)
TTL = timedelta(minutes=15)
ANN = Holder(who="ann@laptop", pid=1, command="ftops apply")


class Machine(Stage):
    """A checkout of its own: locks and journal are fresh, provider, clock and ledger shared."""

    def __init__(self, provider: FakeProvider, ledger: MemoryLedger, clock: FakeClock) -> None:
        super().__init__(SPEC, clock=clock)
        self.provider = provider
        self.shared = SharedLedger(ledger)
        member = Membership(holder=ANN, ttl=TTL)
        self.turns = SharedTurns(self.shared, member, clock, self.reporter)

    @property
    @override
    def eyes(self) -> Eyes:
        return replace(super().eyes, journal=SharedReading(self.journal, self.shared, SCOPE))

    @property
    @override
    def hands(self) -> Mapping[TargetName, Hands]:
        return {
            name: replace(
                each, turns=self.turns, journal=SharedJournal(self.journal, self.turns, SCOPE)
            )
            for name, each in super().hands.items()
        }


class World:
    """What the machines share."""

    def __init__(self, listing_lag: float = 0) -> None:
        self.clock = FakeClock()
        self.provider = FakeProvider(clock=self.clock, listing_lag=listing_lag)
        self.ledger = MemoryLedger()

    def machine(self) -> Machine:
        return Machine(self.provider, self.ledger, self.clock)


def test_an_apply_leaves_a_trail_and_no_lease() -> None:
    world = World()
    (outcome,) = world.machine().apply()
    assert isinstance(outcome, Settled)
    assert world.ledger.kinds == ["acquired", "intended", "posted", "released", "ended"]
    assert world.ledger.page.lease is None
    assert world.ledger.page.begun == ()


def test_a_job_trains_without_the_lease() -> None:
    world = World()
    machine = world.machine()
    machine.apply(wait=False)
    assert world.ledger.kinds == ["acquired", "intended", "posted", "released"]
    assert [one.intent.jobs for one in world.ledger.page.begun] == [("ftjob-001",)]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault.CRASH_BEFORE, id="before the request arrived"),
        pytest.param(Fault.CRASH_AFTER, id="after the job was made"),
    ],
)
def test_a_runner_that_vanished_with_its_disk_is_settled_by_the_next(fault: Fault) -> None:
    world = World(listing_lag=300)
    world.provider.faults.append(fault)
    with pytest.raises(Crash):
        world.machine().apply()
    (first,) = world.machine().apply()
    assert isinstance(first, Unconfirmed)
    world.clock.advance(1200)
    (second,) = world.machine().apply()
    assert isinstance(second, Settled)
    assert len(world.provider.created) == 1


def test_without_the_ledger_a_vanished_runner_is_paid_for_twice() -> None:
    world = World(listing_lag=300)
    world.provider.faults.append(Fault.CRASH_AFTER)
    for _ in range(2):
        stage = Stage(SPEC, clock=world.clock)
        stage.provider = world.provider
        try:
            stage.apply()
        except Crash:
            continue
    assert len(world.provider.created) == 2


def test_a_plan_made_before_another_machine_launched_launches_nothing() -> None:
    world = World(listing_lag=300)
    late = world.machine()
    plan = late.plan()
    world.machine().apply(wait=False)
    (outcome,) = late.apply(plan)
    assert isinstance(outcome, Settled)
    assert len(world.provider.created) == 1


def test_a_plan_made_before_another_machine_vanished_launches_nothing() -> None:
    world = World(listing_lag=300)
    late = world.machine()
    plan = late.plan()
    world.provider.faults.append(Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        world.machine().apply()
    (outcome,) = late.apply(plan)
    assert isinstance(outcome, Unconfirmed)
    assert "another machine has begun it" in outcome.message
    assert len(world.provider.created) == 1


def test_no_request_leaves_a_machine_that_lost_its_lease() -> None:
    world = World()
    machine = world.machine()
    page = world.ledger.page

    class Robbed(SharedTurns):
        @property
        @override
        def lease(self) -> str:
            return "an older one"

    machine.turns = Robbed(
        machine.shared, Membership(holder=ANN, ttl=TTL), world.clock, machine.reporter
    )
    (outcome,) = machine.apply()
    assert isinstance(outcome, Failed)
    assert "the lease of this run was lost" in outcome.message
    assert world.provider.posts == 0
    assert page.begun == ()


def test_a_ledger_out_of_reach_stops_apply_before_anything_is_uploaded() -> None:
    world = World()
    machine = world.machine()
    plan = machine.plan()
    world.ledger.is_away = True
    with pytest.raises(LedgerError, match="does not answer"):
        machine.apply(plan)
    assert (world.provider.posts, world.provider.uploads) == (0, 0)


def test_a_plan_is_made_without_a_ledger_and_says_so() -> None:
    ledger = MemoryLedger()
    ledger.is_away = True
    reading = SharedReading(MemoryJournal(intent()), SharedLedger(ledger), SCOPE)
    assert reading.open_intents() == (intent(),)
    assert reading.open_intents() == (intent(),)
    assert reading.trouble is not None


def test_a_plan_sees_what_another_machine_began() -> None:
    ledger = MemoryLedger()
    ledger.put(Acquired(at=NOON, lease="a", holder=ANN, ttl=TTL))
    begun = Begun(project=PROJECT, target=TARGET, intent=intent())
    ledger.put(Intended(at=NOON, lease="a", begun=begun))
    reading = SharedReading(MemoryJournal(), SharedLedger(ledger), SCOPE)
    assert reading.open_intents() == (intent(),)


class Journal:
    """A shared journal with everything below it."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        self.own = FullJournal()
        shared, clock = SharedLedger(self.ledger), FakeClock()
        member = Membership(holder=ANN, ttl=TTL)
        self.turns = SharedTurns(shared, member, clock, RecordingReporter())
        self.both = SharedJournal(self.own, self.turns, SCOPE)


class FullJournal(MemoryJournal):
    """A journal on a disk that may be full."""

    is_full = False

    @override
    def begin(self, intent: OpenIntent) -> None:
        if self.is_full:
            raise RecordError("the disk is full")
        super().begin(intent)


def test_an_intent_that_this_disk_does_not_take_leaves_nothing_open() -> None:
    journal = Journal()
    journal.own.is_full = True
    with journal.turns.turn(SPEC.name), pytest.raises(RecordError, match="the disk is full"):
        journal.both.begin(intent())
    assert journal.ledger.page.begun == ()


def test_an_intent_that_the_ledger_does_not_take_is_not_begun() -> None:
    journal = Journal()
    with pytest.raises(LeaseLost):
        journal.both.begin(intent())
    assert journal.own.open_intents() == ()


@pytest.mark.parametrize("away", ["ledger", "disk"])
def test_a_jobs_name_is_kept_by_whichever_record_takes_it(away: str) -> None:
    journal = Journal()
    named = replace(intent(), jobs=(JobId("ftjob-1"),))
    with journal.turns.turn(SPEC.name):
        journal.both.begin(intent())
        journal.ledger.is_away = away == "ledger"
        journal.own.is_full = away == "disk"
        if away == "disk":
            with pytest.raises(RecordError):
                journal.both.begin(named)
        else:
            journal.both.begin(named)
        journal.ledger.is_away = False
    assert journal.both.open_intents() == (named,)


def test_an_end_that_the_ledger_is_not_told_of_stays_open_there_only() -> None:
    journal = Journal()
    with journal.turns.turn(SPEC.name):
        journal.both.begin(intent())
    journal.ledger.is_away = True
    journal.both.close(desired().fingerprint, "refused")
    journal.ledger.is_away = False
    assert journal.own.open_intents() == ()
    assert journal.both.open_intents() == (intent(),)
    journal.both.close(desired().fingerprint, "refused")
    assert journal.both.open_intents() == ()
