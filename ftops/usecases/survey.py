"""Look at everything a reader may be shown, target by target: one that is away hides no other."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from ftops.core.cost import Tariff
from ftops.core.desired import Declared
from ftops.core.history import Chapter
from ftops.core.lock import Lock
from ftops.core.names import SpecName, TargetName
from ftops.core.notes import TargetFacts
from ftops.core.observed import Observed
from ftops.core.plan import Forget, Plan, spec_of
from ftops.errors import DeclarationError, FtopsError, Problem
from ftops.ports import DatasetMemory, Eyes, History
from ftops.usecases.history import chapters
from ftops.usecases.look import observe
from ftops.usecases.plan import Request, Site, prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a part could not be looked at."""

    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One target as seen at `at`; without `observed` or `plan` that part could not be had."""

    facts: TargetFacts
    at: datetime
    tariff: Tariff = field(default_factory=Tariff)
    locks: Mapping[SpecName, Lock] = field(default_factory=dict)
    observed: Observed | None = None
    plan: Plan | None = None
    warnings: tuple[Problem, ...] = ()
    trouble: Trouble | None = None

    def or_else(self, before: "Sight | None") -> "Sight":
        """Return this look, or where it failed what was seen before, with the trouble of now."""
        if self.trouble is None or self.observed is not None or before is None:
            return self
        return Sight(
            facts=self.facts,
            at=before.at,
            tariff=self.tariff,
            locks=self.locks or before.locks,
            observed=before.observed,
            plan=before.plan,
            warnings=before.warnings,
            trouble=self.trouble,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A whole look; `trouble` is what hides the specs themselves.

    `commit_pages` is what a commit's sha is appended to for its page, if the remote has such.
    """

    at: datetime
    project: str
    default_target: TargetName | None = None
    declared: tuple[Declared, ...] = ()
    site_of: Mapping[SpecName, TargetName] = field(default_factory=dict)
    sights: Mapping[TargetName, Sight] = field(default_factory=dict)
    histories: Mapping[SpecName, tuple[Chapter, ...]] = field(default_factory=dict)
    commit: str | None = None
    commit_pages: str | None = None
    trouble: Trouble | None = None


def sight_of(
    site: Site,
    declared: Sequence[Declared],
    site_of: Mapping[SpecName, TargetName],
    datasets: DatasetMemory,
    settle_seconds: float,
) -> Sight:
    """Return one target as it is now; every expected failure becomes its trouble.

    Data that cannot be read hides the plan, but neither jobs nor models.
    """
    target = site.facts.target
    blank = Sight(facts=site.facts, tariff=site.tariff, at=site.eyes.clock.now())
    locks: Mapping[SpecName, Lock] = {}
    try:
        locks = site.eyes.locks.read()
        here = tuple(one for one in declared if site_of[one.name] == target)
        if not here:
            return replace(blank, locks=locks, plan=_forgetting(locks, declared))
        request = Request(settle_seconds=settle_seconds)
        prepared = prepare(here, datasets, site_of, {target: site}, request)
    except DeclarationError as error:
        return _without_plan(replace(blank, locks=locks), site.eyes, settle_seconds, error)
    except FtopsError as error:
        return replace(blank, locks=locks, trouble=trouble_of(error))
    return replace(
        blank,
        locks=prepared.locks[target],
        observed=prepared.observed[target],
        plan=_without_others(prepared.plan, declared),
        warnings=prepared.warnings,
    )


def _forgetting(locks: Mapping[SpecName, Lock], declared: Sequence[Declared]) -> Plan:
    """Return the plan of a target that only locks still name."""
    known = {one.name for one in declared}
    return Plan(changes=tuple(Forget(lock=locks[name]) for name in sorted(locks.keys() - known)))


def _without_others(plan: Plan, declared: Sequence[Declared]) -> Plan:
    """Leave out the locks of specs that train elsewhere now: they are not forgotten."""
    known = {one.name for one in declared}
    kept = (one for one in plan.changes if not (isinstance(one, Forget) and spec_of(one) in known))
    return Plan(changes=tuple(kept), notes=plan.notes)


def _without_plan(blank: Sight, eyes: Eyes, settle_seconds: float, error: FtopsError) -> Sight:
    try:
        observed = observe(eyes, blank.locks, settle_seconds)
    except FtopsError as worse:
        return replace(blank, trouble=trouble_of(worse))
    return replace(blank, observed=observed, trouble=trouble_of(error))


def all_sights(
    sites: Iterable[Site],
    declared: Sequence[Declared],
    site_of: Mapping[SpecName, TargetName],
    datasets: DatasetMemory,
    settle_seconds: float,
) -> dict[TargetName, Sight]:
    """Return every target as it is now, looked at side by side."""
    with ThreadPoolExecutor(thread_name_prefix="ftops-survey") as pool:
        asked = {
            site.facts.target: pool.submit(
                sight_of, site, declared, site_of, datasets, settle_seconds
            )
            for site in sites
        }
        return {target: one.result() for target, one in asked.items()}


def histories_of(
    declared: Sequence[Declared], sites: Mapping[SpecName, Site], history: History
) -> dict[SpecName, tuple[Chapter, ...]]:
    """Return the committed locks of every spec; what git cannot tell is left out."""
    told: dict[SpecName, tuple[Chapter, ...]] = {}
    for one in declared:
        try:
            told[one.name] = chapters(one.name, history, sites[one.name].eyes.locks)
        except FtopsError:
            told[one.name] = ()
    return told


def trouble_of(error: FtopsError) -> Trouble:
    """Return an expected failure as a value."""
    return Trouble(message=error.message, hint=error.hint)
