"""The warm process and the rogue provider, made once; what was survived is counted."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout
from tests.conftest import SURVIVED
from tests.reliability.ground import Ground
from tests.reliability.nursery import Birth, Nursery, nursery
from tests.reliability.provider.server import Rogue, rogue_provider

Survived = Callable[[int], None]


@dataclass(slots=True, kw_only=True)
class Warm:
    """The warm process of a session, once a test has asked for it."""

    opened: ExitStack
    nursery: Nursery | None = None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "deep" in str(config.getoption("-m")):
        return
    deep = [item for item in items if item.get_closest_marker("deep")]
    if deep:
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]


@pytest.fixture
def survived(record_property: Callable[[str, object], None]) -> Survived:
    """How a test tells the number of points that it went through; the summary adds them up."""
    return lambda points: record_property(SURVIVED, points)


@pytest.fixture(scope="session")
def rogue() -> Iterator[Rogue]:
    with rogue_provider() as served:
        yield served


@contextmanager
def _warmed(folder: Path, rogue: Rogue) -> Iterator[Nursery]:
    with nursery(folder) as started:
        checkout = Checkout(folder / "rehearsal")
        checkout.settle(rogue.base_url)
        checkout.spec("triage")
        rogue.begin()
        birth = Birth(root=checkout.root, ahead=0)
        assert started.rehearse(birth) == 0
        yield started


@pytest.fixture(scope="session")
def last_warm() -> Iterator[Warm]:
    with ExitStack() as opened:
        yield Warm(opened=opened)


@pytest.fixture
def warm(last_warm: Warm, tmp_path_factory: pytest.TempPathFactory, rogue: Rogue) -> Nursery:
    """The one that earlier tests used, or another one if a test was cut off in its midst."""
    if last_warm.nursery is None or last_warm.nursery.is_astray:
        folder = tmp_path_factory.mktemp("warm")
        last_warm.nursery = last_warm.opened.enter_context(_warmed(folder, rogue))
    return last_warm.nursery


@pytest.fixture
def ground(warm: Nursery, rogue: Rogue, tmp_path: Path) -> Ground:
    """A project of one spec whose target is the rogue provider."""
    checkout = Checkout(tmp_path / "project")
    checkout.settle(rogue.base_url)
    checkout.write(".gitignore", ".ftops/\n")
    checkout.spec("triage")
    rogue.begin()
    return Ground(nursery=warm, rogue=rogue, checkout=checkout)
