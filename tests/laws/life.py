"""A project's whole life as a state machine: people, crashes, a provider with a will of its own."""

from collections import Counter
from typing import ClassVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from ftops.core.desired import Declared
from ftops.core.names import Fingerprint, JobId, SpecName
from ftops.core.observed import ObservedJob
from ftops.core.plan import Hold, Keep
from ftops.errors import FtopsError
from tests.fakes.fuse import Crash
from tests.fakes.memory import MemoryJournal
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.specs import declared
from tests.fakes.stage import Stage
from tests.laws.projects import NAMES, changed
from tests.laws.storms import WINDOW

CALM_RUNS = 4
PLACES = st.integers(0, 9)


class Life(RuleBasedStateMachine):
    """Every rule is something that happens to a project; every invariant a promise about money."""

    provider: ClassVar[type[FakeProvider]] = FakeProvider
    journal: ClassVar[type[MemoryJournal]] = MemoryJournal
    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.specs: dict[str, Declared] = {}
        self.earlier: dict[str, list[Declared]] = {}
        self.asked_again: Counter[Fingerprint] = Counter()
        self.datasets = 0

    @initialize(lag=st.sampled_from([0, 0, 30, 300]), looks=st.integers(1, 3))
    def begin(self, lag: float, looks: int) -> None:
        self.stage = Stage(provider=self.provider, journal=self.journal)
        self.stage.provider.listing_lag = lag
        self.stage.provider.looks_to_finish = looks
        self.declare("alpha")

    @rule(name=st.sampled_from(NAMES[:3]))
    def declare(self, name: str) -> None:
        assume(name not in self.specs)
        self.datasets += 1
        data = {"train": f"datasets/{self.datasets}.jsonl"}
        self._write(declared(name, dataset=data))

    @rule(place=PLACES, seed=st.integers(1, 3))
    def edit(self, place: int, seed: int) -> None:
        one = self._pick(place)
        self._write(changed(one, seed=seed))

    @rule(place=PLACES, version=st.sampled_from("12"))
    def relabel(self, place: int, version: str) -> None:
        self._write(changed(self._pick(place), metadata={"version": version}))

    @rule(place=PLACES)
    def revert(self, place: int) -> None:
        name = self._pick(place).name
        assume(len(self.earlier[name]) > 1)
        self.earlier[name].pop()
        self._put(self.earlier[name][-1])

    @rule(place=PLACES, name=st.sampled_from(NAMES))
    def rename(self, place: int, name: str) -> None:
        one = self._pick(place)
        assume(name not in self.specs)
        self.specs.pop(one.name)
        self._write(changed(one, name=SpecName(name)))

    @rule(place=PLACES)
    def remove(self, place: int) -> None:
        self.specs.pop(self._pick(place).name)
        self.stage.declare(*self.specs.values())

    @rule(place=PLACES)
    def delete_a_lock(self, place: int) -> None:
        locks = sorted(self.stage.locks.read())
        assume(locks)
        self.stage.locks.remove(locks[place % len(locks)])

    @rule(seconds=st.sampled_from([1, 60, 119, 301, 599, 601]))
    def let_time_pass(self, seconds: float) -> None:
        self.stage.clock.advance(seconds)

    @rule(
        fuse=st.none() | st.integers(1, 40),
        faults=st.lists(st.sampled_from(list(Fault)), max_size=2),
        waits=st.booleans(),
    )
    def apply(self, fuse: int | None, faults: list[Fault], *, waits: bool) -> None:
        self._apply(fuse, faults, waits=waits)

    @rule(place=PLACES)
    def retry(self, place: int) -> None:
        name = self._pick(place).name
        for one in self.stage.prepare().desired:
            if one.name == name:
                self.asked_again[one.fingerprint] += 1
        self.stage.apply(self.stage.plan(retry=[name]))

    @precondition(lambda self: self._jobs())
    @rule(place=PLACES, how=st.sampled_from(["finish", "fail", "cancel"]))
    def end_a_job_out_of_band(self, place: int, how: str) -> None:
        jobs = self._jobs()
        job = jobs[place % len(jobs)]
        if not job.status.is_final:
            getattr(self.stage.provider, how)(job.id)

    @precondition(lambda self: self._jobs())
    @rule(place=PLACES)
    def delete_a_model_out_of_band(self, place: int) -> None:
        made = [job.fine_tuned_model for job in self._jobs() if self._has_model(job)]
        assume(made)
        model = made[place % len(made)]
        assert model is not None
        self.stage.provider.retire(model)

    @invariant()
    def nobody_pays_twice_unasked(self) -> None:
        for fingerprint, times in Counter(self.stage.provider.created).items():
            assert times <= 1 + self.asked_again[fingerprint]

    @invariant()
    def one_job_lives_for_a_fingerprint(self) -> None:
        alive = Counter(
            job.fingerprint
            for job in self._jobs()
            if not job.status.is_final or self._has_model(job)
        )
        assert all(times == 1 for times in alive.values())

    @invariant()
    def every_lock_names_a_job_that_was_made(self) -> None:
        known = {job.id for job in self._jobs()}
        assert all(JobId(lock.job) in known for lock in self.stage.locks.read().values())

    @override
    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        for _ in range(CALM_RUNS):
            self._apply(None, [], waits=True)
            self.stage.clock.advance(WINDOW)
        dead = {job.fingerprint for job in self._jobs() if not self._has_model(job)}
        for change in self.stage.plan().changes:
            held = isinstance(change, Hold) and change.desired.fingerprint in dead
            assert isinstance(change, Keep) or held, change
        self.nobody_pays_twice_unasked()
        self.one_job_lives_for_a_fingerprint()

    def _apply(self, fuse: int | None, faults: list[Fault], *, waits: bool) -> None:
        stage = self.stage
        stage.fuse.steps.clear()
        stage.fuse.length = fuse
        stage.provider.faults = list(faults)
        try:
            stage.apply(wait=waits)
        except (Crash, FtopsError):
            pass
        finally:
            stage.fuse.length = None
            stage.provider.faults = []

    def _jobs(self) -> list[ObservedJob]:
        lag, self.stage.provider.listing_lag = self.stage.provider.listing_lag, -1
        try:
            return list(self.stage.provider.jobs())
        finally:
            self.stage.provider.listing_lag = lag

    def _has_model(self, job: ObservedJob) -> bool:
        return job.fine_tuned_model in self.stage.provider.models()

    def _pick(self, place: int) -> Declared:
        assume(self.specs)
        return self.specs[sorted(self.specs)[place % len(self.specs)]]

    def _write(self, one: Declared) -> None:
        self.earlier.setdefault(one.name, []).append(one)
        self._put(one)

    def _put(self, one: Declared) -> None:
        others = {name: spec for name, spec in self.specs.items() if name != one.name}
        assume(all(spec.spec.dataset != one.spec.dataset for spec in others.values()))
        self.specs = {**others, one.name: one}
        self.stage.declare(*self.specs.values())
