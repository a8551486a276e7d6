"""One project opened for one command: its targets, and the adapters to look and act with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Final

from ftops.adapters.own_folder.journal_file import JournalFile
from ftops.adapters.spec_files.memory import project_memory
from ftops.adapters.spec_files.source import find_root, read_project
from ftops.core.cost import Tariff
from ftops.core.names import SpecName, TargetName
from ftops.core.notes import TargetFacts
from ftops.core.project import Target
from ftops.core.target import Surroundings, TargetChoice, choose_target
from ftops.errors import FtopsError, TargetError
from ftops.ports import ALONE, Eyes, Hands, JournalReader, Readers, Reporter
from ftops.usecases.plan import Prepared, Request, Site, prepare
from ftops.wiring.ground import CACHE, Ground
from ftops.wiring.locks import TargetLocks
from ftops.wiring.targets import (
    LOCAL_STORE,
    OPENAI_KEY,
    STAND_IN,
    LazyProvider,
    base_url_of,
    connect,
    is_openai_itself,
    is_own_server,
)

if TYPE_CHECKING:
    from ftops.adapters.lock_files.store import LockFiles
    from ftops.adapters.openai_provider.writing import OpenAIProvider
    from ftops.usecases.follow import Wishes
    from ftops.usecases.publish import Publisher
    from ftops.wiring.ledgers import Sharing

PROJECT_FILE: Final = "ftops.yaml"
SPECS: Final = "specs"
REHEARSALS: Final = ".ftops/targets"
DEFAULT_POLL_SECONDS: Final = 2.0
DEFAULT_SETTLE_SECONDS: Final = 120.0


def open_workplace(start: Path | None, asked: str | None, readers: Readers = ALONE) -> "Workplace":
    """Open the project that `start` or the current folder lies in; FtopsError without one."""
    try:
        begin = (start or Path()).absolute()
    except FileNotFoundError as error:
        raise FtopsError(
            "the current folder is gone", hint="go to one that exists, or name it with --root"
        ) from error
    root = find_root(begin)
    if root is None:
        raise FtopsError(
            f"there is no {PROJECT_FILE} in {begin} or above it",
            hint="`ftops init` makes a project here; `--root DIR` names another folder",
        )
    memory = project_memory(root / CACHE)
    project = read_project(root, memory)
    memory.save()
    return Workplace(root=root, project=project, asked=asked, readers=readers)


@dataclass(frozen=True, kw_only=True)
class Workplace(Ground):
    """A project and its targets; `asked` is the one a person wants instead of the declared ones."""

    asked: str | None = None
    providers: dict[TargetName, LazyProvider] = field(default_factory=dict, repr=False)
    """Those opened so far: a later look at the same project may be given them."""

    @cached_property
    def choices(self) -> dict[SpecName, TargetChoice]:
        """The target of each spec, and why."""
        chosen = {one: self._choose(one) for one in {each.spec.target for each in self.declared}}
        return {one.name: chosen[one.spec.target] for one in self.declared}

    def _choose(self, declared: str | None) -> TargetChoice:
        around = Surroundings(
            asked=self.asked,
            from_environment=self.environment.get("FTOPS_TARGET"),
            has_openai_key=self.environment.get(OPENAI_KEY) is not None,
            is_ci=self.environment.is_ci,
        )
        return choose_target(declared, around)

    def choose_default(self) -> TargetChoice:
        """Return the target of a command that names no spec."""
        declared = self.project.defaults.get("target")
        return self._choose(declared if isinstance(declared, str) else None)

    def target_of(self, name: str) -> TargetName:
        """Return the target of a spec's name; of anything else, the project's default one."""
        choice = self.choices.get(SpecName(name))
        return (choice or self.choose_default()).name

    def target(self, name: TargetName) -> Target:
        """Return a target's settings; TargetError if ftops.yaml knows none of that name."""
        target = self.project.target(name)
        if target is None:
            known = ", ".join(sorted({"openai", "local", *self.project.targets}))
            raise TargetError(f"no target is named {name}", hint=f"the targets here are: {known}")
        return target

    @cached_property
    def sites(self) -> dict[TargetName, Site]:
        """The targets of this run, by name; those of orphaned locks come along."""
        chosen = {choice.name: choice for choice in self.choices.values()}
        sites = {name: self.site(choice) for name, choice in sorted(chosen.items())}
        if self.asked is None and self.environment.get("FTOPS_TARGET") is None:
            orphaned = {
                TargetName(lock.target)
                for lock in self._committed.read_orphans(self.choices).values()
            }
            for name in sorted(orphaned - sites.keys()):
                sites[name] = self._site_of_orphans(name)
        return sites

    def site(self, choice: TargetChoice) -> Site:
        """Return one chosen target with the readers to look at it."""
        target = self.target(choice.name)
        own = is_own_server(target)
        where = (
            f"training server in {LOCAL_STORE}" if own else base_url_of(target, self.environment)
        )
        return Site(
            facts=TargetFacts(
                target=choice.name,
                why=choice.why,
                where=where,
                stands_in=STAND_IN if target.kind == "local" else None,
                is_openai=not own and is_openai_itself(where),
            ),
            tariff=self._tariff(target),
            eyes=self.eyes(choice.name),
        )

    def _site_of_orphans(self, name: TargetName) -> Site:
        """Return a target that only locks without a spec still name; it is never asked anything."""
        facts = TargetFacts(target=name, why="named by locks without a spec", where="")
        return Site(facts=facts, tariff=Tariff(), eyes=self.eyes(name))

    def eyes(self, name: TargetName) -> Eyes:
        """Return the readers of one target."""
        return Eyes(
            locks=self.locks(name),
            journal=self._reading(name),
            provider=self.provider(name),
            clock=self.clock,
        )

    def hands(self, reporter: Reporter, commit: str | None) -> dict[TargetName, Hands]:
        """Return the writers of every target of this run."""
        hands = {
            name: Hands(
                datasets=self.datasets,
                locks=self.locks(name),
                journal=self.journal(name),
                provider=self.provider(name),
                clock=self.clock,
                reporter=reporter,
                tariff=site.tariff,
                project=self.project.project,
                commit=commit,
            )
            for name, site in self.sites.items()
        }
        if self.sharing is None:
            return hands
        met = {name: one for name, one in hands.items() if not self._lives_here_only(name)}
        return {**hands, **self.sharing.shared(met, reporter)}

    def _tariff(self, target: Target) -> Tariff:
        project = self.project
        return Tariff(
            free=target.kind == "local", overrides=project.prices, hourly=project.hourly_prices
        )

    def journal(self, name: TargetName) -> JournalFile:
        """Return the journal of one target."""
        return JournalFile(self.root, project=self.project.project, target=name)

    @cached_property
    def sharing(self) -> "Sharing | None":
        """The ledger that this project's machines share, if `lease: git` asks for one."""
        lease = self.project.lease
        if lease is None:
            return None
        from ftops.wiring.ledgers import Sharing

        return Sharing(
            root=self.root,
            project=self.project.project,
            lease=lease,
            environment=self.environment,
            clock=self.clock,
        )

    def _reading(self, name: TargetName) -> JournalReader:
        own = self.journal(name)
        if self.sharing is None or self._lives_here_only(name):
            return own
        return self.sharing.reading(name, own)

    def _lives_here_only(self, name: TargetName) -> bool:
        target = self.project.target(name)
        return target is None or is_own_server(target)

    def provider(self, name: TargetName) -> LazyProvider:
        """Return the provider of one target: opened by its first question, and only once."""
        return self.providers.setdefault(name, LazyProvider(lambda: self._open_provider(name)))

    def close(self) -> None:
        """Give every connection back, and keep what was found in the data."""
        self.keep_findings()
        for provider in self.providers.values():
            provider.close()

    def sweep(self) -> None:
        """Remove what a killed apply left behind; only the holder of the checkout's lock may."""
        from ftops.adapters.dataset_files.staging import sweep_staging
        from ftops.adapters.lock_files.whole_write import sweep_below

        sweep_staging(self.root)
        sweep_below(self.root / SPECS)
        sweep_below(self.root / REHEARSALS)

    def _open_provider(self, name: TargetName) -> "OpenAIProvider":
        from ftops.adapters.openai_provider.writing import OpenAIProvider

        connection = connect(name, self.target(name), self.environment, self.root)
        return OpenAIProvider(connection, self.project.project, sleep=self.clock.sleep)

    @cached_property
    def _committed(self) -> "LockFiles":
        beside = {one.name: self.root / one.path for one in self.declared}
        return self.lock_files(SPECS, beside)

    def locks(self, name: TargetName) -> TargetLocks:
        """Return the locks of one target."""
        here = {spec: choice for spec, choice in self.choices.items() if choice.name == name}
        home = {spec for spec, choice in here.items() if choice.is_home}
        return TargetLocks(
            target=name,
            committed=self._committed,
            rehearsed=self.lock_files(f"{REHEARSALS}/{name}"),
            at_home=frozenset() if self._lives_here_only(name) else frozenset(home),
            declared=frozenset(self.choices),
        )

    @cached_property
    def publisher(self) -> "Publisher":
        """What commits the locks under specs/, and pushes them."""
        from ftops.adapters.git.lock_commits import GitLockCommits
        from ftops.usecases.publish import Publisher

        return Publisher(
            commits=GitLockCommits(self.root),
            locks=self._committed,
            clock=self.clock,
            chance=SystemRandom().random,
        )

    def request(self, names: Sequence[str], retry: Sequence[str] = ()) -> Request:
        """Return what a person asked, with the environment's settle time."""
        return Request(
            names=tuple(SpecName(name) for name in names),
            retry=frozenset(SpecName(name) for name in retry),
            settle_seconds=self.settle_seconds,
        )

    def wishes(self, *, wait: bool) -> "Wishes":
        """Return how to apply, with the environment's poll and settle times."""
        from ftops.usecases.follow import Wishes

        return Wishes(
            wait=wait,
            poll_seconds=self.environment.number("FTOPS_POLL_SECONDS", DEFAULT_POLL_SECONDS),
            settle_seconds=self.settle_seconds,
        )

    @property
    def settle_seconds(self) -> float:
        """How long a run looks for an unclear creation."""
        return self.environment.number("FTOPS_SETTLE_SECONDS", DEFAULT_SETTLE_SECONDS)

    def prepare(self, request: Request) -> Prepared:
        """Make the plan over all targets of this run."""
        site_of = {name: choice.name for name, choice in self.choices.items()}
        prepared = prepare(self.declared, self.guarded, site_of, self.sites, request)
        return prepared if self.sharing is None else self.sharing.noted(prepared)
