"""What `ftops.yaml` means: the project, its targets, limits and prices."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

TargetKind = Literal["openai", "azure", "local"]

SUFFIX_LIMIT: Final[dict[str, int]] = {"azure": 18}
"""Kinds stricter than OpenAI's 64 characters (Azure: learn.microsoft.com, fine-tuning how-to)."""

ENVIRONMENT_REFERENCE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place to train: a service that speaks OpenAI's API, or ftops' own server."""

    kind: TargetKind = "openai"
    base_url: str | None = None
    api_key: str | None = None
    extra_body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one apply may launch and spend; a plan beyond it refuses itself."""

    max_train: int | None = None
    max_cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GitLease:
    """The ledger on a git remote through which machines take turns."""

    remote: str = "origin"
    ref: str = "refs/ftops/ledger"
    ttl_seconds: int = 900


_BUILT_IN: Final = MappingProxyType({"openai": Target(), "local": Target(kind="local")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`ftops.yaml`, read."""

    project: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    limits: Limits = Limits()
    prices: Mapping[str, float] = field(default_factory=dict)
    hourly_prices: Mapping[str, float] = field(default_factory=dict)
    lease: GitLease | None = None
    allow_outside: bool = False
    template_env: tuple[str, ...] = ()

    def target(self, name: str) -> Target | None:
        """Return the target of that name; `openai` and `local` always exist."""
        return self.targets.get(name) or _BUILT_IN.get(name)
