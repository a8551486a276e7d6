"""A plan as plain lines for a file or a pipe: thousands of rows, and nothing heavy loaded."""

import re
from collections.abc import Iterator, Sequence

from ftops.core.notes import TargetFacts
from ftops.core.plan import Change, Plan
from ftops.render.figures import plan_sentence
from ftops.render.layout_sizes import GAP, INDENT
from ftops.render.plan_rows import (
    change_rows,
    header,
    listed_changes,
    target_words,
    unlisted_words,
)
from ftops.render.safe_text import one_line
from ftops.render.words import assumption_words

_NARROW = re.compile(r"[\x20-\u02ff\u2010-\u2027\u2190-\u22ff]*")
"""Latin letters, dashes, arrows and signs: what is one column wide wherever it is shown."""


def plain_plan(plan: Plan, targets: Sequence[TargetFacts], width: int) -> str | None:
    """Return what `plan_view` shows without colour; None if a line is for it to wrap."""
    lines = list(_lines(plan, targets))
    return "\n".join(lines) if all(_fits(line, width) for line in lines) else None


def _lines(plan: Plan, targets: Sequence[TargetFacts]) -> Iterator[str]:
    yield from (one_line(target_words(one)) for one in targets)
    yield ""
    yield from _changes(plan, several=len(targets) > 1)
    yield from (f"note: {one_line(note)}" for note in plan.notes)
    assumed = assumption_words(change.desired.estimate for change in plan.trains)
    if assumed:
        yield one_line(assumed)
    yield one_line(plan_sentence(plan))
    yield f"digest {plan.digest}"


def _changes(plan: Plan, *, several: bool) -> Iterator[str]:
    listed = listed_changes(plan)
    if listed:
        yield from _table(listed, several=several)
    unlisted = unlisted_words(plan, len(listed))
    if unlisted is not None:
        yield unlisted
    if plan.changes:
        yield ""


def _table(changes: Sequence[Change], *, several: bool) -> Iterator[str]:
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = [(header(several=several), ())]
    found += [
        (tuple(one_line(text) for text, _ in row.cells), row.under)
        for row in change_rows(changes, several=several)
    ]
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in found), strict=True)]
    for cells, under in found:
        led = "".join(cell.ljust(width + GAP) for cell, width in zip(cells, widths, strict=True))
        yield led.rstrip()
        yield from (f"{' ' * INDENT}{one_line(line)}" for line in under)


def _fits(line: str, width: int) -> bool:
    """Say whether the line is surely no wider: of other letters only the view knows the width."""
    return len(line) <= width and (line.isascii() or _NARROW.fullmatch(line) is not None)
