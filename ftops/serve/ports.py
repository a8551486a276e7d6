"""What serving is handed: readers, and the one small store of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from starlette.types import Scope

from ftops.core.access import Role, Token, Usage
from ftops.core.names import TargetName
from ftops.ports import Clock, ModelProbe, ProviderReader
from ftops.serve.caller import Caller
from ftops.usecases.survey import Survey


class Lookout(Protocol):
    """What is seen with: a whole look, and the readers of one target."""

    @property
    def clock(self) -> Clock: ...
    def survey(self) -> Survey: ...

    def mark(self) -> object:
        """Return what differs once a person or an apply on this machine wrote a file; cheap."""
        ...

    def reader(self, target: TargetName) -> ProviderReader: ...
    def probe(self, target: TargetName) -> ModelProbe: ...


class Gate(Protocol):
    """Decides who may use a route; raises RefusedError."""

    def let_in(self, scope: Scope, needed: Role) -> Caller: ...


class TokenStore(Protocol):
    """The tokens by their hash."""

    def tokens(self) -> tuple[Token, ...]: ...
    def touch(self, token_id: str, at: datetime) -> None: ...


class UsageStore(Protocol):
    """What callers used of the models, by month."""

    def count(self, usage: Usage) -> None: ...
    def usage(self, month: str) -> tuple[Usage, ...]: ...


class AuditLog(Protocol):
    """Who did what, in the order in which it happened; append-only."""

    def write(self, entry: Mapping[str, object]) -> None: ...
