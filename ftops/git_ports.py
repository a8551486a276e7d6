"""What the use cases need of git: a shared ledger, turns at launching, commits of locks."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

from ftops.core.names import SpecName

if TYPE_CHECKING:
    # As in `ports`: a plan of one machine meets neither.
    from ftops.core.ledger import Entry, Tip
    from ftops.core.publishing import LockFile


class Ledger(Protocol):
    """One append-only record that machines share; raises LedgerError.

    An entry is written only as the child of the tip it was made for, so that of two writers who
    saw the same tip one learns that it was second.
    """

    def read(self) -> "Tip": ...

    def append(self, tip: "Tip", entry: "Entry") -> "Tip | None":
        """Return the new tip, or None if another entry was first."""
        ...


class Turns(Protocol):
    """The right to launch, where machines share a ledger: one of them at a time."""

    def prove(self) -> None:
        """Raise LedgerError unless turns can be taken."""
        ...

    def turn(self, spec: SpecName) -> AbstractContextManager[None]:
        """Wait for the right and hold it inside the block; LeaseHeld if it takes too long."""
        ...

    def leave(self, spec: SpecName) -> None:
        """Give the right back before the block ends: nothing more will be requested in it."""
        ...


class Alone:
    """The Turns of a machine that shares no ledger: it is always its turn."""

    @staticmethod
    def prove() -> None:
        """Do nothing."""

    @staticmethod
    def turn(spec: SpecName) -> AbstractContextManager[None]:
        """Return a block that needs no right."""
        del spec
        return nullcontext()

    @staticmethod
    def leave(spec: SpecName) -> None:
        """Do nothing."""
        del spec


class LockCommits(Protocol):
    """Commits of the repository's locks, and pushing them; raises HistoryError."""

    def head(self) -> str: ...
    def branch(self) -> str | None: ...
    def upstream(self, branch: str) -> tuple[str, str]: ...
    def changed(self) -> tuple["LockFile", ...]: ...
    def tree(self, commit: str) -> Mapping[str, str]: ...
    def content(self, commit: str, path: str) -> bytes | None: ...
    def commit(self, parent: str, locks: Sequence["LockFile"], message: str) -> str: ...
    def stage(self, locks: Sequence["LockFile"]) -> None: ...
    def move_head(self, commit: str, old: str) -> None: ...
    def is_within(self, commit: str, tip: str) -> bool: ...
    def remote_tip(self, remote: str, branch: str) -> str | None: ...

    def push(self, remote: str, branch: str, commit: str, *, begins: bool) -> str:
        """Push once and return git's words; whether it arrived only `remote_tip` tells."""
        ...
