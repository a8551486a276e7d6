"""What serving is handed: none of it can change what is declared, recorded or trained."""

from typing import Protocol

from starlette.types import Scope

from ftops.core.access import Role
from ftops.core.names import TargetName
from ftops.ports import Clock, ModelProbe, ProviderReader
from ftops.serve.access.callers import Caller
from ftops.usecases.survey import Survey


class Lookout(Protocol):
    """What is seen with: a whole look, and the readers of one target."""

    @property
    def clock(self) -> Clock: ...
    def survey(self) -> Survey: ...
    def reader(self, target: TargetName) -> ProviderReader: ...
    def probe(self, target: TargetName) -> ModelProbe: ...


class Gate(Protocol):
    """Decides who may use a route; raises RefusedError."""

    def let_in(self, scope: Scope, needed: Role) -> Caller: ...
