"""Who asks: a token's owner, or on loopback whoever sits at this machine."""

from dataclasses import dataclass
from typing import Final

from ftops.core.access import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller; `id` is the token's, never the token."""

    id: str
    name: str
    role: Role


AT_THIS_MACHINE: Final = Caller(id="loopback", name="this machine", role=Role.ADMIN)
