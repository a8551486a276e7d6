"""One target with a fake for everything outside, planned and applied as the commands do it."""

from collections.abc import Iterable, Mapping

from ftops.core.cost import Tariff
from ftops.core.desired import Declared
from ftops.core.names import SpecName, TargetName
from ftops.core.notes import TargetFacts
from ftops.core.outcome import Outcome
from ftops.core.plan import Plan
from ftops.ports import Eyes, Hands
from ftops.usecases.apply import apply
from ftops.usecases.follow import Wishes
from ftops.usecases.plan import Prepared, Request, Site, prepare
from tests.fakes.clock import FakeClock
from tests.fakes.fuse import Fuse
from tests.fakes.memory import MemoryDatasets, MemoryJournal, MemoryLocks, RecordingReporter
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import PROJECT, TARGET, pins


class Stage:
    """A spec's training path stands for its bytes: another path, other bytes."""

    def __init__(
        self,
        *specs: Declared,
        target: TargetName = TARGET,
        clock: FakeClock | None = None,
        journal: type[MemoryJournal] = MemoryJournal,
        provider: type[FakeProvider] = FakeProvider,
    ) -> None:
        self.target = target
        self.clock = clock or FakeClock()
        self.fuse = Fuse()
        self.provider = provider(clock=self.clock, fuse=self.fuse)
        self.locks = MemoryLocks(fuse=self.fuse)
        self.journal = journal(fuse=self.fuse)
        self.reporter = RecordingReporter()
        self.wishes = Wishes()
        self.commit: str | None = None
        self.declare(*specs)

    def declare(self, *specs: Declared) -> None:
        """Let people have written these specs, and no others."""
        self.specs = specs
        self.datasets = MemoryDatasets(
            {one.name: pins(str(one.spec.dataset.train)) for one in specs}
        )

    @property
    def eyes(self) -> Eyes:
        return Eyes(
            locks=self.locks, journal=self.journal, provider=self.provider, clock=self.clock
        )

    @property
    def site(self) -> Site:
        facts = TargetFacts(target=self.target, why="declared", where="memory")
        return Site(facts=facts, tariff=Tariff(), eyes=self.eyes)

    @property
    def hands(self) -> Mapping[TargetName, Hands]:
        return {
            self.target: Hands(
                datasets=self.datasets,
                locks=self.locks,
                journal=self.journal,
                provider=self.provider,
                clock=self.clock,
                reporter=self.reporter,
                tariff=Tariff(),
                project=PROJECT,
                commit=self.commit,
            )
        }

    def prepare(self, *names: str, retry: Iterable[str] = ()) -> Prepared:
        """Plan, for the named specs or all."""
        request = Request(
            names=tuple(SpecName(name) for name in names),
            retry=frozenset(SpecName(name) for name in retry),
            settle_seconds=self.wishes.settle_seconds,
        )
        site_of = {one.name: self.target for one in self.specs}
        return prepare(self.specs, self.datasets, site_of, {self.target: self.site}, request)

    def plan(self, *names: str, retry: Iterable[str] = ()) -> Plan:
        """Return only the plan."""
        return self.prepare(*names, retry=retry).plan

    def apply(self, plan: Plan | None = None, *, wait: bool = True) -> tuple[Outcome, ...]:
        """Apply the plan, or the one of now."""
        wishes = Wishes(
            wait=wait,
            poll_seconds=self.wishes.poll_seconds,
            settle_seconds=self.wishes.settle_seconds,
        )
        return apply(plan or self.plan(), self.hands, wishes)

    def kinds(self, *names: str) -> list[str]:
        """Return the kinds of what a plan would do, in its order."""
        return [type(change).__name__.lower() for change in self.plan(*names).changes]
