"""The warm process and the rogue provider, made once; what was survived is counted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout
from tests.conftest import SURVIVED
from tests.reliability.ground import Ground
from tests.reliability.nursery import Birth, Nursery, nursery
from tests.reliability.provider.server import Rogue, rogue_provider

Survived = Callable[[int], None]


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


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory, rogue: Rogue) -> Iterator[Nursery]:
    folder = tmp_path_factory.mktemp("warm")
    with nursery(folder) as started:
        checkout = Checkout(folder / "rehearsal")
        checkout.settle(rogue.base_url)
        checkout.spec("triage")
        rogue.begin()
        birth = Birth(root=checkout.root, ahead=0)
        assert started.rehearse(birth) == 0
        yield started


@pytest.fixture
def ground(warm: Nursery, rogue: Rogue, tmp_path: Path) -> Ground:
    """A project of one spec whose target is the rogue provider."""
    checkout = Checkout(tmp_path / "project")
    checkout.settle(rogue.base_url)
    checkout.write(".gitignore", ".ftops/\n")
    checkout.spec("triage")
    rogue.begin()
    return Ground(nursery=warm, rogue=rogue, checkout=checkout)
