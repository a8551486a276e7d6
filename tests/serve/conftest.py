from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ftops.core.access import Budget, Role
from ftops.serve.access.limits import Limits, Rates
from ftops.serve.access.meter import Meter
from ftops.serve.access.new_token import new_token
from ftops.serve.access.open_gate import OpenGate
from ftops.serve.access.tokens import TokenGate
from ftops.serve.app import create_app
from ftops.serve.asking import Asking
from ftops.serve.ports import Gate
from ftops.serve.premises import Premises
from ftops.serve.watch import Watch
from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops, command_line
from tests.fakes.lookout import FakeLookout
from tests.fakes.serve_store import MemoryAudit, MemoryServeStore
from tests.fakes.specs import declared
from tests.fakes.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """How a project is served in a test."""

    rates: Rates = field(default_factory=Rates)
    budget: Budget = field(default_factory=Budget)
    with_tokens: bool = False
    tells_prompts: bool = False
    webhook_secret: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A project being served; nobody looks but by `look`. `tokens` are whole, by role."""

    stage: Stage
    lookout: FakeLookout
    premises: Premises
    client: TestClient
    store: MemoryServeStore
    audit: MemoryAudit
    tokens: Mapping[Role, str]

    def look(self) -> None:
        self.premises.watch.look()

    def as_(self, role: Role) -> dict[str, str]:
        """Return the headers of a caller with that role."""
        return {"Authorization": f"Bearer {self.tokens[role]}"}


def served(stage: Stage, house: House | None = None) -> Served:
    """Return the project behind its API, looked at once."""
    house = house or House()
    lookout, store, audit = FakeLookout(stage), MemoryServeStore(), MemoryAudit()
    limits = Limits(house.rates)
    tokens = {}
    gate: Gate = OpenGate()
    if house.with_tokens:
        for role in Role:
            kept, tokens[role] = new_token(f"a-{role}", role, stage.clock.now(), None)
            store.add(kept)
        gate = TokenGate(store, (), limits, audit, stage.clock)
    watch = Watch(lookout)
    meter = Meter(store, limits, house.budget, stage.clock)
    premises = Premises(
        watch=watch,
        asking=Asking(watch, meter, audit, tells_prompts=house.tells_prompts),
        gate=gate,
        webhook_secret=house.webhook_secret,
    )
    watch.look()
    # Without `with` nothing runs in the background: the test decides when to look.
    client = TestClient(create_app(premises), base_url="http://127.0.0.1:5000")
    return Served(
        stage=stage,
        lookout=lookout,
        premises=premises,
        client=client,
        store=store,
        audit=audit,
        tokens=tokens,
    )


@pytest.fixture
def ftops(capfd: pytest.CaptureFixture[str]) -> Ftops:
    return command_line(capfd)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """An empty folder, which is the current one."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    return Checkout(root)


@pytest.fixture
def one() -> Iterator[Served]:
    """A project of one spec, `triage`, that nobody applied yet."""
    made = served(Stage(declared("triage")))
    yield made
    made.client.close()
