from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from ftops.serve.app import create_app
from ftops.serve.premises import Premises
from ftops.serve.watch import Watch
from tests.fakes.lookout import FakeLookout
from tests.fakes.specs import declared
from tests.fakes.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A project being served; nobody looks but by `look`."""

    stage: Stage
    lookout: FakeLookout
    premises: Premises
    client: TestClient

    def look(self) -> None:
        self.premises.watch.look()


def served(stage: Stage) -> Served:
    """Return the project behind its API, looked at once."""
    lookout = FakeLookout(stage)
    premises = Premises(watch=Watch(lookout))
    premises.watch.look()
    # Without `with` nothing runs in the background: the test decides when to look.
    client = TestClient(create_app(premises), base_url="http://127.0.0.1:5000")
    return Served(stage=stage, lookout=lookout, premises=premises, client=client)


@pytest.fixture
def one() -> Iterator[Served]:
    """A project of one spec, `triage`, that nobody applied yet."""
    made = served(Stage(declared("triage")))
    yield made
    made.client.close()
