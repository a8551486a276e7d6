"""Tell every model a spec had, from git."""

from ftops.core.history import Chapter, Version
from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.errors import RecordError
from ftops.ports import History, LockReader


def chapters(name: SpecName, history: History, locks: LockReader) -> tuple[Chapter, ...]:
    """Return the spec's committed locks, youngest first, one per change of its model."""
    told: list[Chapter] = []
    for version in history.versions(locks.path_of(name)):
        chapter = Chapter(version=version, lock=_read(version, locks))
        if told and _model(told[-1]) == _model(chapter):
            told.pop()
        told.append(chapter)
    return tuple(told)


def _model(chapter: Chapter) -> str | None:
    return None if chapter.lock is None else chapter.lock.model


def _read(version: Version, locks: LockReader) -> Lock | None:
    if version.content is None:
        return None
    try:
        return locks.parse(version.content, version.commit)
    except RecordError:
        return None
