"""The models a spec had, for a terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.history import Chapter
from ftops.core.lock import Lock
from ftops.render.layout import Row, rows, safe
from ftops.render.words import dollars, moment, plural

SHORT_COMMIT = 9


def history_view(chapters: Sequence[Chapter]) -> RenderableType:
    """Show every committed lock, youngest first, with the model it names."""
    found = rows(("committed (UTC)", "commit", "author", "subject"), map(_row, chapters))
    models = len({one.lock.model for one in chapters if one.lock is not None})
    return Group(found, Text(), safe(f"{plural(models, 'model')}.", "bold"))


def lock_words(lock: Lock | None) -> str:
    """Return the model a lock names and what it cost, not yet made harmless."""
    if lock is None:
        return "no lock here: removed, or not readable"
    parts = [lock.model]
    if lock.trained_tokens is not None:
        parts.append(f"{lock.trained_tokens:,} trained tokens")
    if lock.cost_usd is not None:
        parts.append(dollars(lock.cost_usd))
    return ", ".join(parts)


def _row(chapter: Chapter) -> Row:
    version = chapter.version
    cells = (
        safe(moment(version.committed_at)),
        safe(version.commit[:SHORT_COMMIT]),
        safe(version.author),
        safe(version.subject),
    )
    return Row(cells=cells, under=(safe(lock_words(chapter.lock)),))
