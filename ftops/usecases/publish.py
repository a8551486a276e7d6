"""Commit the locks, and push them onto a branch that others push to as well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from typing_extensions import override

from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.core.publishing import LockFile, commit_message, is_younger, sort_for
from ftops.errors import HistoryError, RecordError
from ftops.git_ports import LockCommits
from ftops.ports import Clock, LockReader

TRIES: Final = 30
REFUSALS: Final = 3
"""A push that is refused although the branch has not moved is tried again so often."""
LONGEST_PAUSE: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants committed: only here, or pushed; to `branch` instead of the own one.

    `pipeline_branch` is the one that a pipeline with a detached head says it runs on.
    """

    push: bool = False
    branch: str | None = None
    pipeline_branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a push goes, and whether it is the branch that is checked out."""

    remote: str
    branch: str
    is_own: bool

    @override
    def __str__(self) -> str:
        return f"{self.remote}/{self.branch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of it: the commit (None if there was nothing to commit) and what it holds.

    `left` are locks that another run changed meanwhile, whose word is the later one.
    """

    commit: str | None = None
    paths: tuple[str, ...] = ()
    place: Place | None = None
    left: tuple[str, ...] = ()
    is_behind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """The commits, the reader of what they hold, the clock, and chance between 0 and 1."""

    commits: LockCommits
    locks: LockReader
    clock: Clock
    chance: Callable[[], float]

    def prove(self, wanted: Wanted) -> None:
        """Raise HistoryError unless a commit could be made, and its branch could be reached."""
        head = self.commits.head()
        if wanted.push:
            place = self._place(wanted)
            self._check(head, place, self.commits.remote_tip(place.remote, place.branch))

    def publish(self, wanted: Wanted) -> Published:
        """Commit every lock that differs from the checked out commit, and push if wanted."""
        changed, head = self.commits.changed(), self.commits.head()
        if not changed:
            return Published()
        return self._push(head, changed, wanted) if wanted.push else self._commit(head, changed)

    def _commit(self, head: str, changed: Sequence[LockFile]) -> Published:
        message = commit_message(self._told(changed), skip_ci=False)
        commit = self.commits.commit(head, changed, message)
        self._take_in(commit, head, changed)
        return Published(commit=commit, paths=_paths(changed))

    def _push(self, head: str, changed: Sequence[LockFile], wanted: Wanted) -> Published:
        place, refusals, pause = self._place(wanted), 0, 0.25
        for _ in range(TRIES):
            tip = self.commits.remote_tip(place.remote, place.branch)
            self._check(head, place, tip)
            base = tip or head
            fresh, left = self._sorted(base, changed)
            if not fresh:
                behind = self._catch_up(base, head, place, changed)
                return Published(place=place, left=_paths(left), is_behind=behind)
            message = commit_message(self._told(fresh), skip_ci=place.is_own)
            commit = self.commits.commit(base, fresh, message)
            words = self.commits.push(place.remote, place.branch, commit, begins=tip is None)
            now = self.commits.remote_tip(place.remote, place.branch)
            if now is not None and self.commits.is_within(commit, now):
                behind = self._catch_up(commit, head, place, changed, builds_on=base)
                return Published(
                    commit=commit,
                    paths=_paths(fresh),
                    place=place,
                    left=_paths(left),
                    is_behind=behind,
                )
            refusals = refusals + 1 if now == tip else 0
            if refusals >= REFUSALS:
                raise _refused(place, words)
            # Others who were refused in the same moment must not come back in the same moment.
            self.clock.sleep(pause * self.chance())
            pause = min(LONGEST_PAUSE, pause * 2)
        raise _refused(place, f"others pushed first, {TRIES} times")

    def _place(self, wanted: Wanted) -> Place:
        branch = self.commits.branch()
        own = branch or wanted.pipeline_branch
        remote, there = self.commits.upstream(own) if own is not None else ("origin", None)
        if wanted.branch is not None:
            return Place(remote=remote, branch=wanted.branch, is_own=wanted.branch == there)
        if there is None:
            raise HistoryError(
                "no branch is checked out, so there is none to push to",
                hint="name it: ftops apply --push-to BRANCH",
            )
        return Place(remote=remote, branch=there, is_own=True)

    def _check(self, head: str, place: Place, tip: str | None) -> None:
        """Raise HistoryError if a push would lack what it builds on, or bring more than locks."""
        if place.is_own and (tip is None or not self.commits.is_within(head, tip)):
            raise HistoryError(
                f"{place} does not have the commit that is checked out here",
                hint=f"push it first: git push {place.remote} HEAD:{place.branch}; "
                "`--commit` without `--push` needs no remote",
            )

    def _sorted(
        self, base: str, changed: Sequence[LockFile]
    ) -> tuple[list[LockFile], list[LockFile]]:
        parts = sort_for(self.commits.tree(base), changed)
        younger = [one for one in parts.clashing if self._is_later_word(base, one)]
        return [*parts.fresh, *younger], [one for one in parts.clashing if one not in younger]

    def _is_later_word(self, base: str, ours: LockFile) -> bool:
        theirs = self.commits.content(base, ours.path)
        return is_younger(self._read(ours.content, ours.path), self._read(theirs, ours.path))

    def _told(self, locks: Sequence[LockFile]) -> dict[SpecName, Lock | None]:
        return {
            SpecName(PurePosixPath(one.path).stem): self._read(one.content, one.path)
            for one in locks
        }

    def _read(self, content: bytes | None, path: str) -> Lock | None:
        try:
            return None if content is None else self.locks.parse(content.decode(), path)
        except (RecordError, UnicodeDecodeError):
            return None

    def _catch_up(
        self,
        commit: str,
        head: str,
        place: Place,
        changed: Sequence[LockFile],
        *,
        builds_on: str | None = None,
    ) -> bool:
        """Move the own branch if nothing but locks lies between; say whether it stays behind.

        A branch that others have moved is not pulled here. Its index gets the locks, so that
        nothing stands in the way of a later `git pull`.
        """
        if not place.is_own:
            return False
        if builds_on == head:
            self._take_in(commit, head, changed)
            return False
        there = self.commits.tree(commit)
        self.commits.stage([one for one in changed if there.get(one.path) == one.blob])
        return True

    def _take_in(self, commit: str, head: str, changed: Sequence[LockFile]) -> None:
        self.commits.stage(changed)
        self.commits.move_head(commit, head)


def _paths(locks: Sequence[LockFile]) -> tuple[str, ...]:
    return tuple(one.path for one in locks)


def _refused(place: Place, words: str) -> HistoryError:
    return HistoryError(
        f"the locks could not be pushed to {place}: {words}",
        hint="they are whole on disk, and a later run records them again; is the branch "
        "protected, push to another one: ftops apply --push-to BRANCH",
    )
