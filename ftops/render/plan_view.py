"""A plan as a person reviews it in a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.cost import Estimate
from ftops.core.desired import Desired
from ftops.core.notes import TargetFacts
from ftops.core.plan import Plan, spec_of
from ftops.dataset.changes.data_change import NO_CHANGES, DataChange, DataChanges
from ftops.errors import Problem
from ftops.render.change_words import MARK_OF, change_lines, row_words, untold
from ftops.render.figures import estimated_totals, plan_sentence, training_words
from ftops.render.layout import Row, rows, safe
from ftops.render.plan_rows import (
    ChangeRow,
    change_rows,
    header,
    listed_changes,
    target_words,
    unlisted_words,
)
from ftops.render.problem_lines import problem_lines
from ftops.render.problem_order import in_file_order, of_each_code
from ftops.render.words import assumption_words, estimate_words, plural

MOST_WARNINGS: Final = 10
MOST_ROWS: Final = 50
"""So many rows of each side are listed."""

_ROW_STYLES: Final = {"added": "green", "removed": "red", "edited": "yellow"}


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
        *_assumptions(change.desired.estimate for change in plan.trains),
        safe(plan_sentence(plan), "bold"),
        Text.assemble(("digest ", "dim"), plan.digest),
    )


def target_lines(targets: Sequence[TargetFacts]) -> list[Text]:
    """Return one line per target: its name, why it was chosen, and where it answers."""
    return [safe(target_words(one)) for one in targets]


def valid_view(desired: Sequence[Desired], *, with_tokens: bool = True) -> RenderableType:
    """Show specs that hold nothing wrong, with what their data would train."""
    found = [_valid(one, with_tokens=with_tokens) for one in desired]
    sentence = f"{plural(len(desired), 'spec')} valid"
    if not with_tokens or not desired:
        return Group(rows(("", "spec", "data"), found), Text(), safe(f"{sentence}.", "bold"))
    estimates = [one.estimate for one in desired]
    return Group(
        rows(("", "spec", "data"), found),
        Text(),
        *_assumptions(estimates),
        safe(f"{sentence}: {training_words(estimated_totals(estimates))}.", "bold"),
    )


def _assumptions(estimates: Iterable[Estimate]) -> list[Text]:
    told = assumption_words(estimates)
    return [safe(told, "dim")] if told else []


def _valid(one: Desired, *, with_tokens: bool) -> Row:
    held_out = one.pins.validation
    examples = plural(one.pins.training.examples, "example")
    validation = "" if held_out is None else f", {held_out.examples:,} for validation"
    under = (safe(estimate_words(one.estimate), "dim"),) if with_tokens else ()
    mark = safe("✓", "green")
    return Row(cells=(mark, safe(one.name), safe(examples + validation)), under=under)


def _changes(plan: Plan, data: DataChanges, *, several: bool) -> list[RenderableType]:
    listed = listed_changes(plan)
    found = (
        _row(row, data.get(spec_of(change)))
        for change, row in zip(listed, change_rows(listed, several=several), strict=True)
    )
    unlisted = unlisted_words(plan, len(listed))
    return [
        *([rows(header(several=several), found)] if listed else []),
        *([] if unlisted is None else [safe(unlisted, "dim")]),
        *([Text()] if plan.changes else []),
    ]


def _row(row: ChangeRow, data: DataChange | None) -> Row:
    details = tuple(safe(line, "dim") for line in row.under)
    return Row(
        cells=tuple(safe(text, style) for text, style in row.cells),
        under=(*details, *(() if data is None else _data_lines(data))),
    )


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
    few = in_file_order(of_each_code(in_file_order(warnings))[:MOST_WARNINGS])
    lines = [line for one in few for line in problem_lines(one, prefix="warning: ")]
    if len(warnings) > MOST_WARNINGS:
        rest = plural(len(warnings) - MOST_WARNINGS, "more warning")
        lines.append(safe(f"+{rest}: `ftops validate` shows them"))
    return [*lines, Text()] if lines else []
