from datetime import timedelta

import pytest
from typing_extensions import override

from ftops.core.ledger import Acquired, Holder, Released, Renewed, Tried
from ftops.core.names import SpecName
from ftops.core.progress import Waiting
from ftops.errors import LeaseHeld, LeaseLost, LedgerError
from ftops.usecases.lease import Membership, SharedLedger, SharedTurns, release_by_id
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.ledger import MemoryLedger
from tests.fakes.memory import RecordingReporter

TTL = timedelta(minutes=15)
TRIAGE, TONE = SpecName("triage"), SpecName("tone")


class Machine:
    """One machine at a shared ledger."""

    def __init__(
        self, ledger: MemoryLedger, clock: FakeClock | None = None, seat: str | None = None
    ) -> None:
        self.clock = clock or FakeClock()
        self.reporter = RecordingReporter()
        self.shared = SharedLedger(ledger)
        holder = Holder(who="bob@desk", pid=2, command="ftops apply", seat=seat)
        member = Membership(holder=holder, ttl=TTL)
        self.turns = SharedTurns(self.shared, member, self.clock, self.reporter)


def somebody(lease: str = "theirs", seat: str | None = None) -> Acquired:
    holder = Holder(who="ann@laptop", pid=1, command="ftops apply", seat=seat)
    return Acquired(at=NOON, lease=lease, holder=holder, ttl=TTL)


def test_a_turn_is_taken_and_given_back() -> None:
    ledger = MemoryLedger()
    machine = Machine(ledger)
    with machine.turns.turn(TRIAGE):
        assert ledger.page.lease is not None
        assert ledger.page.lease.id == machine.turns.lease
    assert ledger.page.lease is None
    assert ledger.kinds == ["acquired", "released"]


def test_side_by_side_changes_share_one_lease() -> None:
    ledger = MemoryLedger()
    turns = Machine(ledger).turns
    with turns.turn(TRIAGE):
        with turns.turn(TONE):
            turns.leave(TRIAGE)
            turns.leave(TRIAGE)
            assert ledger.page.lease is not None
        assert ledger.page.lease is None
    assert ledger.kinds == ["acquired", "released"]


def test_a_turn_left_early_is_given_back_at_once() -> None:
    ledger = MemoryLedger()
    turns = Machine(ledger).turns
    with turns.turn(TRIAGE):
        turns.leave(TRIAGE)
        assert ledger.page.lease is None
    assert ledger.kinds == ["acquired", "released"]


def test_a_failure_gives_the_turn_back() -> None:
    ledger = MemoryLedger()
    with pytest.raises(ValueError, match="boom"), Machine(ledger).turns.turn(TRIAGE):
        raise ValueError("boom")
    assert ledger.page.lease is None


def test_a_holder_at_work_is_waited_for() -> None:
    ledger = MemoryLedger()
    ledger.put(somebody())
    machine = Machine(ledger)

    def give_back() -> None:
        if machine.clock.now() > NOON + timedelta(seconds=10) and ledger.page.lease:
            ledger.put(Released(at=NOON, lease="theirs"))

    machine.clock = Ticking(give_back)
    machine.turns.clock = machine.clock
    with machine.turns.turn(TRIAGE):
        assert ledger.page.lease is not None
        assert ledger.page.lease.id == machine.turns.lease
    told = [one for one in machine.reporter.told if isinstance(one, Waiting)]
    assert [one.why for one in told] == ["ann@laptop is launching since 12:00:00 UTC"]


class Ticking(FakeClock):
    """A clock that lets somebody act after every sleep."""

    def __init__(self, act: object) -> None:
        super().__init__()
        self._act = act

    @override
    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        assert callable(self._act)
        self._act()


def test_a_dead_holder_loses_the_lease_after_its_life() -> None:
    ledger = MemoryLedger()
    ledger.put(somebody())
    machine = Machine(ledger)
    with machine.turns.turn(TRIAGE):
        assert machine.clock.now() - NOON >= TTL
    taken = ledger.entries[1]
    assert isinstance(taken, Acquired)
    assert taken.instead_of == "theirs"


@pytest.mark.parametrize("skew", [-86_400, 86_400], ids=["a day behind", "a day ahead"])
def test_a_wrong_clock_never_takes_over_from_a_living_holder(skew: int) -> None:
    ledger = MemoryLedger()
    ledger.put(somebody())

    def renew() -> None:
        ledger.put(Renewed(at=NOON, lease="theirs"))

    machine = Machine(ledger)
    machine.clock = Ticking(renew)
    machine.clock.advance(skew)
    machine.turns.clock = machine.clock
    with pytest.raises(LeaseHeld, match="ann@laptop is launching"), machine.turns.turn(TRIAGE):
        pytest.fail("nobody else may launch")
    assert ledger.page.lease is not None
    assert ledger.page.lease.id == "theirs"


def test_whoever_sits_in_the_dead_holders_seat_need_not_wait() -> None:
    ledger = MemoryLedger()
    ledger.put(somebody(seat="boot:1:2"))
    machine = Machine(ledger, seat="boot:1:2")
    with machine.turns.turn(TRIAGE):
        assert machine.clock.slept == []


def test_machines_without_a_name_share_no_seat() -> None:
    ledger = MemoryLedger()
    ledger.put(somebody())
    machine = Machine(ledger)
    machine.clock.stop()
    with pytest.raises(LeaseHeld), machine.turns.turn(TRIAGE):
        pytest.fail("the other may live")


def test_a_refusal_tells_how_to_end_the_lease() -> None:
    ledger = MemoryLedger()
    ledger.put(somebody())
    machine = Machine(ledger)
    machine.clock.stop()
    with pytest.raises(LeaseHeld) as caught, machine.turns.turn(TRIAGE):
        pytest.fail("interrupted")
    assert "ftops lock release --id theirs" in (caught.value.hint or "")


def test_another_machine_that_is_first_is_seen() -> None:
    ledger = MemoryLedger()
    ledger.between.append(lambda: ledger.put(somebody()))
    machine = Machine(ledger)
    machine.clock.stop()
    with pytest.raises(LeaseHeld), machine.turns.turn(TRIAGE):
        pytest.fail("the other was first")
    assert ledger.kinds == ["acquired"]


def test_a_long_turn_is_renewed_before_the_next_launch() -> None:
    ledger = MemoryLedger()
    machine = Machine(ledger)
    with machine.turns.turn(TRIAGE):
        machine.clock.advance(60)
        with machine.turns.turn(TONE):
            assert ledger.kinds == ["acquired"]
        machine.clock.advance(600)
        with machine.turns.turn(TONE):
            assert ledger.kinds == ["acquired", "renewed"]


def test_a_turn_that_was_taken_over_launches_nothing_more() -> None:
    ledger = MemoryLedger()
    machine = Machine(ledger)
    with machine.turns.turn(TRIAGE):
        machine.clock.advance(1000)
        ledger.put(Released(at=NOON, lease=machine.turns.lease, by="ann"))
        with pytest.raises(LeaseLost, match="it was released"), machine.turns.turn(TONE):
            pytest.fail("not ours any more")
    assert ledger.page.lease is None


def test_a_release_that_cannot_be_told_is_no_failure() -> None:
    ledger = MemoryLedger()
    with Machine(ledger).turns.turn(TRIAGE):
        ledger.is_away = True
    assert ledger.page.lease is not None


def test_a_ledger_out_of_reach_is_told_before_anything_else() -> None:
    ledger = MemoryLedger()
    ledger.is_away = True
    turns = Machine(ledger).turns
    with pytest.raises(LedgerError, match="does not answer"):
        turns.prove()
    with pytest.raises(LedgerError, match="does not answer"), turns.turn(TRIAGE):
        pytest.fail("no lease")


def test_a_ledger_that_others_keep_writing_to_is_given_up() -> None:
    ledger = MemoryLedger()
    ledger.between += [lambda: ledger.put(Tried(at=NOON, who="ann"))] * 100
    with pytest.raises(LedgerError, match="written to by others faster"):
        Machine(ledger).turns.turn(TRIAGE).__enter__()


def test_a_person_may_end_a_lease_by_its_id() -> None:
    ledger = MemoryLedger()
    ledger.put(somebody())
    ended = release_by_id(SharedLedger(ledger), "theirs", "bob", FakeClock())
    assert ended.holder.who == "ann@laptop"
    assert ledger.page.lease is None
    assert ledger.entries[-1] == Released(at=NOON, lease="theirs", by="bob")


@pytest.mark.parametrize(
    ("held", "words"),
    [
        pytest.param(True, "theirs is held", id="another one"),
        pytest.param(False, "nobody holds a lease", id="none"),
    ],
)
def test_only_the_lease_that_is_held_can_be_ended(words: str, *, held: bool) -> None:
    ledger = MemoryLedger()
    if held:
        ledger.put(somebody())
    with pytest.raises(LeaseHeld, match=words):
        release_by_id(SharedLedger(ledger), "elsewhere", "bob", FakeClock())
