"""Make the plan: pin what is declared, look at each target, decide."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from ftops.core.cost import Tariff
from ftops.core.desired import Declared, Desired, in_dependency_order, pin, twins_among
from ftops.core.lock import Lock
from ftops.core.names import SpecName, TargetName
from ftops.core.notes import TargetFacts, notes_about
from ftops.core.observed import Observed
from ftops.core.plan import Change, Plan, Wanted, make_plan
from ftops.errors import (
    DatasetError,
    Problem,
    SpecError,
    TwinSpecsError,
    UnknownSpec,
)
from ftops.ports import DatasetMemory, DatasetSource, Eyes
from ftops.usecases.look import observe

NOTHING_DONE: Final = "nothing was uploaded or launched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One target of a run: what is known of it, what it charges, the readers to look with."""

    facts: TargetFacts
    tariff: Tariff
    eyes: Eyes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked of a run."""

    names: tuple[SpecName, ...] = ()
    retry: frozenset[SpecName] = frozenset()
    settle_seconds: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A plan with all it was made from."""

    plan: Plan
    sites: Mapping[TargetName, Site]
    desired: tuple[Desired, ...]
    locks: Mapping[TargetName, Mapping[SpecName, Lock]]
    observed: Mapping[TargetName, Observed]
    warnings: tuple[Problem, ...] = field(default=())


def narrow(declared: Sequence[Declared], names: Sequence[SpecName]) -> tuple[Declared, ...]:
    """Return the named specs and those they go on from, upstream first; all if none is named."""
    ordered = in_dependency_order(declared)
    if not names:
        return ordered
    by_name = {one.name: one for one in ordered}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        known = ", ".join(sorted(by_name)) or "none"
        raise UnknownSpec(
            f"no spec is named {', '.join(unknown)}", hint=f"the specs here are: {known}"
        )
    wanted: set[SpecName] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        wanted.add(name)
        upstream = by_name[name].spec.upstream
        if upstream is not None and upstream not in wanted:
            todo.append(upstream)
    return tuple(one for one in ordered if one.name in wanted)


def pin_all(
    declared: Sequence[Declared],
    datasets: DatasetSource,
    tariffs: Mapping[SpecName, tuple[TargetName, Tariff]],
) -> tuple[tuple[Desired, ...], tuple[Problem, ...]]:
    """Pin specs given upstream first.

    DatasetError with every finding of all of them; TwinSpecsError if only twins are wrong.
    """
    pinned: dict[SpecName, Desired] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    failed: set[SpecName] = set()
    for one in declared:
        upstream = one.spec.upstream
        try:
            pins, found = datasets.pin(one)
        except DatasetError as error:
            problems += error.problems
            failed.add(one.name)
            continue
        warnings += found
        if upstream in failed:
            failed.add(one.name)
            continue
        target, tariff = tariffs[one.name]
        above = pinned[upstream] if upstream is not None else None
        pinned[one.name] = pin(one, pins, target=target, tariff=tariff, upstream=above)
    twins = twins_among(pinned.values())
    if problems:
        raise DatasetError(once([*problems, *twins, *warnings]), hint=NOTHING_DONE)
    if twins:
        raise TwinSpecsError(twins)
    return tuple(pinned.values()), once(warnings)


def findings_in(declared: Iterable[Declared], datasets: DatasetSource) -> tuple[Problem, ...]:
    """Return every finding in the data of specs that cannot be planned for."""
    found: list[Problem] = []
    for one in declared:
        try:
            found += datasets.pin(one)[1]
        except DatasetError as error:
            found += error.problems
    return once(found)


def once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return each problem once: specs that share a file share what is wrong with it."""
    return tuple(dict.fromkeys(problems))


def prepare(
    declared: Sequence[Declared],
    datasets: DatasetMemory,
    site_of: Mapping[SpecName, TargetName],
    sites: Mapping[TargetName, Site],
    request: Request,
) -> Prepared:
    """Return the plan over all targets of the run.

    Looks go on while the data is being pinned; much data is read before, by several processes: a
    fork is safe only while there is no other thread.
    """
    chosen = narrow(declared, request.names)
    if request.retry:
        narrow(declared, sorted(request.retry))
    _reject_split_chains(chosen, site_of)
    locks = {name: site.eyes.locks.read() for name, site in sites.items()}
    busy = {site_of[one.name] for one in chosen}
    tariffs = {one.name: (site_of[one.name], sites[site_of[one.name]].tariff) for one in chosen}
    is_much = any(map(datasets.must_read_much, chosen))
    pinned = pin_all(chosen, datasets, tariffs) if is_much else None
    with ThreadPoolExecutor(thread_name_prefix="ftops-plan") as pool:
        looks = {
            name: pool.submit(observe, sites[name].eyes, locks[name], request.settle_seconds)
            for name in sorted(busy)
        }
        desired, warnings = pinned or pin_all(chosen, datasets, tariffs)
        observed = {name: look.result() for name, look in looks.items()}
    everyone = frozenset(one.name for one in declared)
    changes: list[Change] = []
    notes: list[str] = []
    for name, site in sites.items():
        here = tuple(one for one in desired if one.target == name)
        seen = observed.get(name) or Observed(at=site.eyes.clock.now())
        kept = locks[name] if not request.names else _declared_only(locks[name], everyone)
        wanted = Wanted(desired=here, declared=everyone, retry=request.retry)
        part = make_plan(wanted, kept, seen)
        changes += part.changes
        notes += notes_about(site.facts, part, seen)
    return Prepared(
        plan=Plan(changes=tuple(changes), notes=tuple(notes)),
        sites=sites,
        desired=desired,
        locks=locks,
        observed=observed,
        warnings=warnings,
    )


def _declared_only(
    locks: Mapping[SpecName, Lock], declared: frozenset[SpecName]
) -> dict[SpecName, Lock]:
    return {name: lock for name, lock in locks.items() if name in declared}


def _reject_split_chains(
    declared: Sequence[Declared], site_of: Mapping[SpecName, TargetName]
) -> None:
    problems = [
        Problem(
            message=f"{one.name} trains on {site_of[one.name]}, but goes on from {upstream}, "
            f"which trains on {site_of[upstream]}",
            path=one.path,
            line=one.line,
            field="model.from",
            hint="a model exists only where it was trained: give both specs one target",
        )
        for one in declared
        if (upstream := one.spec.upstream) is not None and site_of[upstream] != site_of[one.name]
    ]
    if problems:
        raise SpecError(problems)
