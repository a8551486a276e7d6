"""What a training server is told when it is built."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftops.trainer import surroundings
from ftops.trainer.recipes.registry import RECIPES

MAX_TRIES = 3
MAX_FILE_BYTES = 512 * 1024 * 1024


def one_per_processor() -> int:
    """Return how many jobs run side by side where nobody has said."""
    return max(1, surroundings.processors())


@dataclass(frozen=True, slots=True, kw_only=True)
class RayCluster:
    """A Ray cluster that runs jobs: its dashboard's `address`, and ours as its machines see us.

    `python` is the interpreter there; `cpus` and `gpus` are what one process takes; `max_running`
    is how many jobs are given to Ray, which queues them itself.
    """

    address: str
    public_url: str
    python: str = "python3"
    cpus: float = 1
    gpus: float = 0
    max_running: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole of it.

    `recipes` are those that are base models of their own; `bases` are the open-weight models that
    may be trained here, by the name that jobs ask for.
    `tick_seconds` is how often running jobs are looked at; `stuck_seconds` is how long a living
    worker may be silent, and `obey_seconds` how long it may ignore a cancellation, before it is
    killed; `store_patience_seconds` is how long an ending server may still hold the store.
    """

    store: Path
    api_keys: tuple[str, ...] = ()
    recipes: Mapping[str, str] = field(default_factory=lambda: RECIPES)
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    max_running: int = field(default_factory=one_per_processor)
    max_file_bytes: int = MAX_FILE_BYTES
    loopback_hosts_only: bool = False
    tick_seconds: float = 0.1
    stuck_seconds: float = 120.0
    obey_seconds: float = 60.0
    loaded_models: int = 8
    store_patience_seconds: float = 0.0
    cluster: RayCluster | None = None

    @property
    def at_once(self) -> int:
        """Return how many jobs may be under way."""
        return self.max_running if self.cluster is None else self.cluster.max_running

    @property
    def base_models(self) -> tuple[str, ...]:
        """Return the names of everything that can be trained here."""
        return (*self.recipes, *self.bases)
