"""What the routes work with, bundled for the life of one server."""

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from ftops.trainer import surroundings
from ftops.trainer.api.serving import LoadedModels
from ftops.trainer.running.scheduler import Scheduler
from ftops.trainer.settings import Settings
from ftops.trainer.store.store import Store


@dataclass(slots=True, kw_only=True)
class Activity:
    """When somebody last asked for something, and how many still wait for their answer."""

    last_at: float = field(default_factory=surroundings.monotonic)
    open_requests: int = 0

    def idle_for(self) -> float:
        """Return for how many seconds nobody has asked for anything."""
        return 0.0 if self.open_requests else surroundings.monotonic() - self.last_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """One open server."""

    settings: Settings
    store: Store
    scheduler: Scheduler
    loaded: LoadedModels


def premises_of(request: Request) -> Premises:
    """Return the premises this request came to."""
    return cast("Premises", request.app.state.premises)
