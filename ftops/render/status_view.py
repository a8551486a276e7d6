"""Each spec's standing, for a terminal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.notes import TargetFacts
from ftops.core.plan import Reason
from ftops.core.status import Health, Standing, Sync
from ftops.render.bill_words import bill_words
from ftops.render.layout import Row, rows, safe
from ftops.render.plan_view import target_lines
from ftops.render.standing_words import progress_words
from ftops.render.words import REASONS

_SYNC_STYLES: Final[Mapping[Sync, str]] = {
    Sync.IN_SYNC: "green",
    Sync.OUT_OF_SYNC: "yellow",
    Sync.UNKNOWN: "yellow",
}

_HEALTH_STYLES: Final[Mapping[Health, str]] = {
    Health.READY: "green",
    Health.PROGRESSING: "yellow",
    Health.STALLED: "red",
    Health.MISSING: "yellow",
}


def status_view(standings: Sequence[Standing], targets: Sequence[TargetFacts]) -> RenderableType:
    """Show one row per spec, the id of its model under it, and the counts."""
    progress = any(map(progress_words, standings))
    header = ("spec", "target", "sync", "health", *(("progress",) if progress else ()), "why")
    return Group(
        *target_lines(targets),
        Text(),
        rows(header, (_row(one, progress=progress) for one in standings)),
        Text(),
        safe(_sentence(standings), "bold"),
    )


def _row(standing: Standing, *, progress: bool) -> Row:
    status = standing.status
    why = "" if status.reason is Reason.IN_SYNC else REASONS[status.reason]
    cells = (
        safe(status.spec),
        safe(standing.target),
        safe(status.sync, _SYNC_STYLES[status.sync]),
        safe(status.health, _HEALTH_STYLES[status.health]),
        *((safe(progress_words(standing)),) if progress else ()),
        safe(why),
    )
    model = "" if status.model is None else f"model {status.model}"
    told = bill_words(standing.bill)
    bill = f"billed {told}" if told else ""
    under = tuple(safe(line) for line in (model, bill) if line)
    return Row(cells=cells, under=under)


def _sentence(standings: Sequence[Standing]) -> str:
    synced = _listed(Sync, Counter(one.status.sync for one in standings))
    healthy = _listed(Health, Counter(one.status.health for one in standings))
    return f"{synced}; {healthy}." if standings else "No specs."


def _listed(words: Iterable[str], counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[word]} {word}" for word in words if counts.get(word))
