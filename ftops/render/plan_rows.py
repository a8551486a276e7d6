"""A plan's rows as words with their styles, whoever paints them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ftops.core.notes import TargetFacts
from ftops.core.plan import Change, Keep, Plan, kind_of, spec_of, target_of
from ftops.render.explain import details_of
from ftops.render.words import MARKS, REASONS, plural

MOST_KEPT: Final = 20
"""More unchanged specs than this hide what changes, so they are counted and not listed."""

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


def listed_changes(plan: Plan) -> tuple[Change, ...]:
    """Return the changes that have a row: all, unless many of them change nothing."""
    listed = tuple(one for one in plan.changes if not isinstance(one, Keep) or one.rivals)
    return plan.changes if len(plan.changes) - len(listed) <= MOST_KEPT else listed


def unlisted_words(plan: Plan, listed: int) -> str | None:
    """Return what is said of the changes without a row, if there are any."""
    rest = len(plan.changes) - listed
    if not rest:
        return None
    return f"{plural(rest, 'unchanged spec')} not listed: `ftops plan -o json` has every one"


def change_rows(changes: Iterable[Change], *, several: bool) -> Iterator[ChangeRow]:
    """Yield a row for each change."""
    return (_row(change, several=several) for change in changes)


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
