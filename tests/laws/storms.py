"""Bad days: runs that crash at any step, answers and requests that get lost, listings that lag."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from ftops.core.plan import Keep
from ftops.errors import FtopsError, ProviderRejected, ProviderUnavailable, Refusal
from tests.fakes.fuse import Crash
from tests.fakes.memory import MemoryJournal
from tests.fakes.provider import FakeProvider, Fault
from tests.fakes.stage import Stage
from tests.laws.projects import NAMES, Project, edited, projects, relabelled, renamed

LONGEST_LAG = 300
WINDOW = 600
CALM_RUNS = 3

FAULTS = (
    *Fault,
    ProviderRejected("slow down", refusal=Refusal.RATE),
    ProviderRejected("too many jobs", refusal=Refusal.CONCURRENCY),
    ProviderRejected("no credits", refusal=Refusal.QUOTA),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: it dies at step `fuse` if that is set, and the next one follows after a pause."""

    fuse: int | None
    faults: tuple[Fault | ProviderRejected, ...]
    waits: bool
    away: bool
    pause: float
    project: int = 0
    lost_locks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """A project in one or several states, how its provider behaves, and the runs over it."""

    projects: tuple[Project, ...]
    lag: float
    looks_to_finish: int
    runs: tuple[Run, ...]


ROUGH = st.builds(
    Run,
    fuse=st.none() | st.integers(min_value=1, max_value=60),
    faults=st.lists(st.sampled_from(FAULTS), max_size=4).map(tuple),
    waits=st.booleans(),
    away=st.sampled_from([False, False, False, True]),
    pause=st.sampled_from([0, 1, 30, 119, 121, 300, 480, 599, 601]),
)


def gentle(states: int) -> st.SearchStrategy[Run]:
    """Runs in which little breaks, because people do the harm."""
    return st.builds(
        Run,
        fuse=st.sampled_from([None, None, None, 5, 10, 15, 20, 30]),
        faults=st.sampled_from([(), (), (), (Fault.LOST_ANSWER,), (Fault.LOST_REQUEST,)]),
        waits=st.sampled_from([True, True, False]),
        away=st.just(value=False),
        pause=st.sampled_from([0, 1, 60, 200, 601]),
        project=st.integers(min_value=0, max_value=states - 1),
        lost_locks=st.frozensets(st.sampled_from(NAMES)),
    )


def providers() -> dict[str, st.SearchStrategy[int]]:
    """Draw how the provider behaves."""
    return {
        "lag": st.sampled_from([0, LONGEST_LAG]) | st.integers(0, LONGEST_LAG),
        "looks_to_finish": st.integers(min_value=1, max_value=3),
    }


def storms() -> st.SearchStrategy[Storm]:
    """Draw a storm over one project that nobody touches."""
    return st.builds(
        Storm,
        projects=st.tuples(projects()),
        runs=st.lists(ROUGH, min_size=1, max_size=6).map(tuple),
        **providers(),
    )


@st.composite
def storms_with_people(draw: st.DrawFn) -> Storm:
    """Draw a storm in which specs are edited, reverted, relabelled, renamed, and locks get lost."""
    first = draw(projects(most=3))
    names = draw(st.frozensets(st.sampled_from(NAMES), min_size=1))
    states = (
        first,
        edited(first, names),
        relabelled(first),
        renamed(first, {name: f"{name}-2" for name in names}),
    )
    runs = draw(st.lists(gentle(len(states)), min_size=2, max_size=6))
    provider = {name: draw(behaviour) for name, behaviour in providers().items()}
    return Storm(projects=states, runs=tuple(runs), **provider)


def weather(
    storm: Storm,
    journal: type[MemoryJournal] = MemoryJournal,
    provider: type[FakeProvider] = FakeProvider,
) -> Stage:
    """Go through the storm, then through calm runs until nothing is to do; return the stage."""
    stage = Stage(*storm.projects[0], journal=journal, provider=provider)
    stage.provider.listing_lag = storm.lag
    stage.provider.looks_to_finish = storm.looks_to_finish
    for run in storm.runs:
        stage.declare(*storm.projects[run.project])
        _go_through(run, stage)
    calm_down(stage)
    return stage


def _go_through(run: Run, stage: Stage) -> None:
    for name in stage.locks.read():
        if name in run.lost_locks:
            stage.locks.remove(name)
    stage.fuse.steps.clear()
    stage.fuse.length = run.fuse
    stage.provider.faults = list(run.faults)
    stage.provider.reading_fault = ProviderUnavailable("away") if run.away else None
    try:
        stage.apply(wait=run.waits)
    except (Crash, FtopsError):
        pass
    finally:
        stage.fuse.length = None
        stage.provider.faults = []
        stage.provider.reading_fault = None
    stage.clock.advance(run.pause)


def calm_down(stage: Stage, runs: int = CALM_RUNS) -> None:
    """Apply in good weather, with the window's time between, at most so many times."""
    for _ in range(runs):
        stage.apply()
        stage.clock.advance(WINDOW)


def is_settled(stage: Stage) -> bool:
    """Say whether the next plan has nothing to do."""
    return all(isinstance(change, Keep) for change in stage.plan().changes)


def paid_twice(fingerprints: Sequence[str]) -> list[str]:
    """Return the fingerprints that more than one job was created for."""
    return sorted({one for one in fingerprints if fingerprints.count(one) > 1})
