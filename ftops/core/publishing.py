"""Which locks go into a commit, and what the commit says; git's tree against the disk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from ftops.core.lock import Lock
from ftops.core.names import SpecName

SKIP_CI: Final = "[skip ci]"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFile:
    """A lock that differs from the checked out commit; `content` is None where it was removed.

    `blob` and `known` are git's names of what is on disk and of what that commit has.
    """

    path: str
    content: bytes | None
    blob: str | None
    known: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The changed locks, sorted for one commit on one tip.

    `clashing` were changed there too, since the commit that is checked out.
    """

    fresh: tuple[LockFile, ...] = ()
    clashing: tuple[LockFile, ...] = ()


def sort_for(tip: Mapping[str, str], changed: Sequence[LockFile]) -> Sorted:
    """Sort the changed locks by what the tip has: paths and git's names of their contents."""
    fresh: list[LockFile] = []
    clashing: list[LockFile] = []
    for one in changed:
        there = tip.get(one.path)
        if there == one.blob:
            continue
        (fresh if there == one.known else clashing).append(one)
    return Sorted(fresh=tuple(fresh), clashing=tuple(clashing))


def is_younger(ours: Lock | None, theirs: Lock | None) -> bool:
    """Say whether our lock is to replace theirs: the younger job's lock is the later word."""
    if ours is None or theirs is None:
        return theirs is None
    return ours.created_at >= theirs.created_at


def commit_message(locks: Mapping[SpecName, Lock | None], *, skip_ci: bool) -> str:
    """Return the message of a commit of these locks; None is one that was removed."""
    recorded = sorted(name for name, lock in locks.items() if lock is not None)
    forgotten = sorted(name for name, lock in locks.items() if lock is None)
    parts = [*_phrase("Record", recorded), *_phrase("Forget", forgotten)]
    subject = ", ".join(parts)
    subject = subject[:1] + subject[1:].replace(", Forget", ", forget")
    tail = f" {SKIP_CI}" if skip_ci else ""
    lines = [f"{name}: {lock.model} (job {lock.job})" for name, lock in _in_order(locks)]
    lines += [f"{name}: no spec declares it any more" for name in forgotten]
    return "\n".join([f"{subject}{tail}", "", *lines, ""])


def _in_order(locks: Mapping[SpecName, Lock | None]) -> list[tuple[SpecName, Lock]]:
    return [(name, lock) for name, lock in sorted(locks.items(), key=itemgetter(0)) if lock]


def _phrase(verb: str, names: Sequence[SpecName]) -> list[str]:
    if not names:
        return []
    return [f"{verb} {names[0]}" if len(names) == 1 else f"{verb} {len(names)} models"]
