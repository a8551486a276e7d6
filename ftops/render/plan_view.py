"""A plan as a person reviews it in a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.desired import Desired
from ftops.core.notes import TargetFacts
from ftops.core.plan import Change, Plan, kind_of, spec_of, target_of
from ftops.dataset.changes.data_change import NO_CHANGES, DataChange, DataChanges
from ftops.errors import Problem
from ftops.render.change_words import MARK_OF, change_lines, row_words, untold
from ftops.render.explain import details_of
from ftops.render.figures import plan_sentence
from ftops.render.layout import Row, rows, safe
from ftops.render.problem_lines import problem_lines
from ftops.render.problem_order import in_file_order
from ftops.render.words import MARKS, REASONS, estimate_words, plural

MOST_WARNINGS: Final = 10
MOST_ROWS: Final = 50
"""So many rows of each side are listed."""

_ROW_STYLES: Final = {"added": "green", "removed": "red", "edited": "yellow"}

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


def plan_view(
    plan: Plan,
    targets: Sequence[TargetFacts],
    warnings: Sequence[Problem],
    changes: DataChanges = NO_CHANGES,
) -> RenderableType:
    """Show where the plan runs, each change with its why, the notes, the sum and the digest."""
    return Group(
        *target_lines(targets),
        Text(),
        *_changes(plan, changes, several=len(targets) > 1),
        *(Text.assemble(("note: ", "yellow"), safe(note)) for note in plan.notes),
        *_warnings(warnings),
        safe(plan_sentence(plan), "bold"),
        Text.assemble(("digest ", "dim"), plan.digest),
    )


def target_lines(targets: Sequence[TargetFacts]) -> list[Text]:
    """Return one line per target: its name, why it was chosen, and where it answers."""
    return [safe(f"target {one.target} ({one.why}) · {one.where}") for one in targets]


def valid_view(desired: Sequence[Desired], *, with_tokens: bool = True) -> RenderableType:
    """Show specs that hold nothing wrong, with what their data would train."""
    found = [_valid(one, with_tokens=with_tokens) for one in desired]
    sentence = f"{plural(len(desired), 'spec')} valid."
    return Group(rows(("", "spec", "data"), found), Text(), safe(sentence, "bold"))


def _valid(one: Desired, *, with_tokens: bool) -> Row:
    held_out = one.pins.validation
    examples = plural(one.pins.training.examples, "example")
    validation = "" if held_out is None else f", {held_out.examples:,} for validation"
    under = (safe(estimate_words(one.estimate), "dim"),) if with_tokens else ()
    mark = safe("✓", "green")
    return Row(cells=(mark, safe(one.name), safe(examples + validation)), under=under)


def _changes(plan: Plan, data: DataChanges, *, several: bool) -> list[RenderableType]:
    if not plan.changes:
        return []
    header = ("", "spec", *(("target",) if several else ()), "change", "why")
    found = (_row(one, data.get(spec_of(one)), several=several) for one in plan.changes)
    return [rows(header, found), Text()]


def _row(change: Change, data: DataChange | None, *, several: bool) -> Row:
    kind = kind_of(change)
    style = _STYLES[kind]
    cells = (
        safe(MARKS[kind], style),
        safe(spec_of(change)),
        *((safe(target_of(change)),) if several else ()),
        safe(kind, style),
        safe(REASONS[change.reason]),
    )
    details = tuple(safe(line, "dim") for line in details_of(change))
    return Row(cells=cells, under=(*details, *(() if data is None else _data_lines(data))))


def _data_lines(data: DataChange) -> Iterator[Text]:
    for line in change_lines(data):
        yield safe(line, "dim")
    for side in data.sides:
        for told in side.told[:MOST_ROWS]:
            mark = MARK_OF[told.what]
            yield Text.assemble((f"{mark} ", _ROW_STYLES[told.what]), safe(row_words(told)))
        rest = untold(side) + len(side.told[MOST_ROWS:])
        if rest:
            yield safe(
                f"+{plural(rest, 'more row')}: `ftops plan --diff -o json` tells more", "dim"
            )


def _warnings(warnings: Sequence[Problem]) -> list[RenderableType]:
    ordered = in_file_order(warnings)
    lines = [
        line for one in ordered[:MOST_WARNINGS] for line in problem_lines(one, prefix="warning: ")
    ]
    if len(ordered) > MOST_WARNINGS:
        rest = plural(len(ordered) - MOST_WARNINGS, "more warning")
        lines.append(safe(f"+{rest}: `ftops validate` shows them"))
    return [*lines, Text()] if lines else []
