import json
from collections.abc import Sequence

from ftops.core.history import Version
from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.usecases.history import chapters
from tests.fakes.clock import NOON
from tests.fakes.memory import MemoryLocks
from tests.fakes.specs import lock


class Told:
    """The port's History over ready-made versions of one path."""

    def __init__(self, path: str, versions: Sequence[Version]) -> None:
        self._path = path
        self._versions = tuple(versions)

    def head(self) -> str | None:
        return self._versions[0].commit if self._versions else None

    def is_dirty(self, paths: Sequence[str]) -> bool:
        return self._path in paths

    def versions(self, path: str) -> tuple[Version, ...]:
        return self._versions if path == self._path else ()


def version(commit: str, content: Lock | str | None) -> Version:
    text = json.dumps(content.to_plain()) if isinstance(content, Lock) else content
    return Version(
        commit=commit, committed_at=NOON, author="Ada", subject=f"Commit {commit}", content=text
    )


NEW = lock(model="ft:new")
OLD = lock(model="ft:old")


def told(*versions: Version) -> list[tuple[str, str | None]]:
    """Return commit and model of each chapter."""
    history = Told("specs/triage.lock", versions)
    return [
        (one.version.commit, one.lock.model if one.lock else None)
        for one in chapters(SpecName("triage"), history, MemoryLocks())
    ]


def test_one_chapter_per_change_of_the_model_at_its_first_commit() -> None:
    relabelled = lock(model="ft:new", metadata={"version": "2"})
    versions = [version("d", relabelled), version("c", NEW), version("b", OLD), version("a", OLD)]
    assert told(*versions) == [("c", "ft:new"), ("a", "ft:old")]


def test_a_model_that_came_back_is_told_twice() -> None:
    versions = [version("c", OLD), version("b", NEW), version("a", OLD)]
    assert told(*versions) == [("c", "ft:old"), ("b", "ft:new"), ("a", "ft:old")]


def test_a_removed_or_unreadable_lock_is_a_chapter_without_a_model() -> None:
    versions = [version("c", None), version("b", NEW), version("a", "{")]
    assert told(*versions) == [("c", None), ("b", "ft:new"), ("a", None)]


def test_no_history() -> None:
    assert told() == []
