"""A plan as a person reviews it in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.desired import Desired
from ftops.core.notes import TargetFacts
from ftops.core.plan import Change, Plan, kind_of, spec_of, target_of
from ftops.errors import Problem
from ftops.render.explain import details_of
from ftops.render.figures import plan_sentence
from ftops.render.layout import Row, rows, safe
from ftops.render.problem_lines import problem_lines
from ftops.render.problem_order import in_file_order
from ftops.render.words import MARKS, REASONS, estimate_words, plural

MOST_WARNINGS: Final = 10

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
    plan: Plan, targets: Sequence[TargetFacts], warnings: Sequence[Problem]
) -> RenderableType:
    """Show where the plan runs, each change with its why, the notes, the sum and the digest."""
    return Group(
        *target_lines(targets),
        Text(),
        *_changes(plan, several=len(targets) > 1),
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


def _changes(plan: Plan, *, several: bool) -> list[RenderableType]:
    if not plan.changes:
        return []
    header = ("", "spec", *(("target",) if several else ()), "change", "why")
    return [rows(header, (_row(one, several=several) for one in plan.changes)), Text()]


def _row(change: Change, *, several: bool) -> Row:
    kind = kind_of(change)
    style = _STYLES[kind]
    cells = (
        safe(MARKS[kind], style),
        safe(spec_of(change)),
        *((safe(target_of(change)),) if several else ()),
        safe(kind, style),
        safe(REASONS[change.reason]),
    )
    return Row(cells=cells, under=tuple(safe(line, "dim") for line in details_of(change)))


def _warnings(warnings: Sequence[Problem]) -> list[RenderableType]:
    ordered = in_file_order(warnings)
    lines = [
        line for one in ordered[:MOST_WARNINGS] for line in problem_lines(one, prefix="warning: ")
    ]
    if len(ordered) > MOST_WARNINGS:
        rest = plural(len(ordered) - MOST_WARNINGS, "more warning")
        lines.append(safe(f"+{rest}: `ftops validate` shows them"))
    return [*lines, Text()] if lines else []
