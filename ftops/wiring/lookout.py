"""The readers of one project over a long run: every look sees its files as they are by then."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from ftops.adapters.own_folder.folder import OWN_FOLDER
from ftops.adapters.own_folder.journal_file import JOURNAL
from ftops.adapters.system_clock import SystemClock
from ftops.core.history import Chapter
from ftops.core.names import SpecName, TargetName
from ftops.core.web_address import commit_pages
from ftops.errors import FtopsError
from ftops.ports import ModelProbe, ProviderReader
from ftops.usecases.survey import Survey, Trouble, all_sights, histories_of, trouble_of
from ftops.wiring.targets import LazyProvider, is_own_server
from ftops.wiring.workplace import PROJECT_FILE, SPECS, Workplace, open_workplace

Histories = Mapping[SpecName, tuple[Chapter, ...]]


class Lookout:
    """Looks again and again; connections are kept while the settings stay the same."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._retired: list[LazyProvider] = []
        self._told: tuple[str | None, Histories] = (None, {})
        self._trouble: Trouble | None = None

    @cached_property
    def clock(self) -> SystemClock:
        """The one clock of this run."""
        return self._workplace.clock

    def survey(self) -> Survey:
        """Look at everything; specs that cannot be read leave the ones read before standing."""
        self._reopen()
        here = self._workplace
        try:
            sites, declared = here.sites, here.declared
            site_of = {name: choice.name for name, choice in here.choices.items()}
        except FtopsError as error:
            return Survey(
                at=here.clock.now(), project=here.project.project, trouble=trouble_of(error)
            )
        seen = all_sights(sites.values(), declared, site_of, here.guarded, here.settle_seconds)
        here.keep_findings()
        for target, sight in seen.items():
            if sight.observed is None and sight.trouble is not None:
                self._retire(target)
        return Survey(
            at=here.clock.now(),
            project=here.project.project,
            default_target=self._default_target(),
            declared=declared,
            site_of=site_of,
            sights=seen,
            histories=self._histories(here),
            commit=self._told[0],
            commit_pages=self._commit_pages(here),
            trouble=self._trouble,
        )

    def mark(self) -> object:
        """Return when the project's own files were written: an apply beside us is seen by it."""
        root = self._workplace.root
        try:
            specs = list((root / SPECS).rglob("*"))
        except OSError:
            # A folder that goes while it is listed is a change too.
            specs = []
        files = [root / PROJECT_FILE, root / OWN_FOLDER / JOURNAL, *specs]
        return frozenset((str(path), _written_at(path)) for path in files)

    def reader(self, target: TargetName) -> ProviderReader:
        """Return the looks at one target."""
        return self._workplace.provider(target)

    def probe(self, target: TargetName) -> ModelProbe:
        """Return the way to ask one target's models."""
        return self._workplace.provider(target)

    def close(self) -> None:
        """Give every connection back."""
        self._workplace.close()
        for provider in self._retired:
            provider.close()

    def _reopen(self) -> None:
        """Read the project anew; while it cannot be read, the old one goes on with a trouble."""
        old = self._workplace
        try:
            fresh = open_workplace(old.root, old.asked)
            same = fresh.project == old.project and fresh.environment.is_same(old.environment)
            new = Workplace(
                root=fresh.root,
                project=fresh.project,
                asked=fresh.asked,
                providers=old.providers if same else {},
            )
            # Who waits for this run's end sleeps by its clock.
            vars(new)["clock"] = old.clock
            _ = new.declared
        except FtopsError as error:
            self._trouble = trouble_of(error)
            return
        self._trouble = None
        if not same:
            self._retired += old.providers.values()
        self._workplace = new

    def _retire(self, target: TargetName) -> None:
        """Open our own server's connection anew next time: it may have ended, or moved."""
        settings = self._workplace.project.target(target)
        if settings is not None and is_own_server(settings):
            provider = self._workplace.providers.pop(target, None)
            self._retired += [] if provider is None else [provider]

    def _default_target(self) -> TargetName | None:
        try:
            return self._workplace.choose_default().name
        except FtopsError:
            return None

    @staticmethod
    def _commit_pages(here: Workplace) -> str | None:
        try:
            return commit_pages(here.history.remote_address())
        except FtopsError:
            return None

    def _histories(self, here: Workplace) -> Histories:
        """Ask git only when its head has moved."""
        try:
            head = here.history.head()
        except FtopsError:
            head = None
        names = {one.name for one in here.declared}
        if head is None or (head == self._told[0] and names == self._told[1].keys()):
            return self._told[1]
        sites = {name: here.sites[choice.name] for name, choice in here.choices.items()}
        self._told = (head, histories_of(here.declared, sites, here.history))
        return self._told[1]


def _written_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
