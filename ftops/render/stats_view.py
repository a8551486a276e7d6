"""Figures of a dataset in a terminal and as JSON."""

from dataclasses import asdict
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.dataset.stats import Range, Stats
from ftops.render.layout import Row, rows, safe
from ftops.render.plain_data import document
from ftops.render.words import plural

_RANGES: Final = ("", "total", "least", "median", "95 %", "most")


def stats_view(title: str, stats: Stats) -> RenderableType:
    """Show rows and roles, then the spreads."""
    illegal = f", {stats.illegal_rows:,} illegal" if stats.illegal_rows else ""
    roles = ", ".join(f"{count:,} {role}" for role, count in stats.roles.items())
    found = [
        ("method", stats.method),
        ("rows", f"{stats.rows:,}{illegal}"),
        ("messages", roles or "none"),
        ("bytes", f"{stats.size:,}"),
        ("sha256", stats.digest),
    ]
    if stats.longest is not None:
        where = f"{stats.longest.file}:{stats.longest.line}"
        found.append(("longest row", f"{where} ({plural(stats.longest.tokens, 'token')})"))
    lines = (Row(cells=(safe(name, "dim"), safe(value))) for name, value in found)
    about = "tokens" if stats.tokens_exact else "~tokens"
    spreads = [_cells("turns", stats.turns), _cells(about, stats.tokens)]
    return Group(safe(title, "bold"), rows((), lines), Text(), rows(_RANGES, spreads))


def stats_json(files: tuple[str, ...], stats: Stats) -> str:
    """Return the figures as a document."""
    return document({"files": list(files), **asdict(stats)})


def _cells(name: str, spread: Range) -> Row:
    numbers = (spread.total, spread.least, spread.median, spread.p95, spread.most)
    return Row(cells=(safe(name, "dim"), *(safe(f"{number:,}") for number in numbers)))
