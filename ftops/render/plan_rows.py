"""A plan's rows as words with their styles, whoever paints them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ftops.core.notes import TargetFacts
from ftops.core.plan import Change, Plan, kind_of, spec_of, target_of
from ftops.render.explain import details_of
from ftops.render.words import MARKS, REASONS

_STYLES: Final[Mapping[str, str]] = {
    "keep": "dim",
    "train": "green",
    "record": "cyan",
    "relabel": "cyan",
    "await": "yellow",
    "confirm": "yellow",
    "hold": "red",
    "forget": "red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change: its cells, each with a style, and the lines under it."""

    cells: tuple[tuple[str, str], ...]
    under: tuple[str, ...]


def header(*, several: bool) -> tuple[str, ...]:
    """Return the words above the columns; the target's only if there are several."""
    return ("", "spec", *(("target",) if several else ()), "change", "why")


def change_rows(plan: Plan, *, several: bool) -> Iterator[ChangeRow]:
    """Yield a row for each change."""
    return (_row(change, several=several) for change in plan.changes)


def target_words(one: TargetFacts) -> str:
    """Return one target's line: its name, why it was chosen, and where it answers."""
    return f"target {one.target} ({one.why}) · {one.where}"


def _row(change: Change, *, several: bool) -> ChangeRow:
    kind = kind_of(change)
    style = _STYLES[kind]
    cells = (
        (MARKS[kind], style),
        (spec_of(change), ""),
        *(((target_of(change), ""),) if several else ()),
        (kind, style),
        (REASONS[change.reason], ""),
    )
    return ChangeRow(cells=cells, under=tuple(details_of(change)))
