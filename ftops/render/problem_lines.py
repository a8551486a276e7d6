"""Findings in files, as a terminal shows them: place, excerpt with a caret, hint."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from ftops.errors import Problem
from ftops.render.layout import indented, safe
from ftops.render.problem_order import in_file_order
from ftops.render.safe_text import one_line, shortened
from ftops.render.words import plural

MOST: Final = 50
LONGEST_EXCERPT: Final = 160


def problems_view(problems: Sequence[Problem], *, every: bool = False) -> RenderableType:
    """Show findings file by file; the first 50 unless every one is asked for."""
    shown = in_file_order(problems)
    shown = shown if every else shown[:MOST]
    blocks: list[RenderableType] = []
    for _, group in groupby(shown, key=lambda one: one.path):
        blocks += [line for one in group for line in problem_lines(one)]
        blocks.append(Text())
    hidden = len(problems) - len(shown)
    if hidden:
        blocks += [safe(f"+{hidden:,} more"), Text()]
    return Group(*blocks, _summary(problems))


def problem_lines(problem: Problem, prefix: str = "") -> Iterator[RenderableType]:
    """Yield one finding's lines."""
    place = safe(f"{problem.place}: " if problem.place else "", "bold")
    code = safe(f" [{problem.code}]" if problem.code else "", "dim")
    yield Text.assemble(safe(prefix), place, safe(problem.message), code)
    for line in _excerpt(problem):
        yield indented(line)
    if problem.hint:
        yield indented(hint_line(problem.hint), 2)


def hint_line(hint: str) -> Text:
    """Return `hint: …`."""
    return Text.assemble(Text("hint: ", style="cyan"), safe(hint))


def _excerpt(problem: Problem) -> Iterator[Text]:
    """Yield the file's line, and a caret under the column unless the excerpt brings its own."""
    if not problem.excerpt:
        return
    lines = [one_line(line).rstrip() for line in problem.excerpt.split("\n")]
    column = problem.column if len(lines) == 1 else None
    for line in lines:
        yield Text(shortened(line, LONGEST_EXCERPT), no_wrap=True, overflow="ellipsis")
    if column is not None and 0 < column <= LONGEST_EXCERPT:
        before = one_line(problem.excerpt[: column - 1])
        yield Text(f"{' ' * cell_len(before)}^", style="bold", no_wrap=True, overflow="ellipsis")


def _summary(problems: Sequence[Problem]) -> Text:
    files = len({one.path for one in problems if one.path})
    where = f" in {plural(files, 'file')}" if files else ""
    return safe(f"{plural(len(problems), 'finding')}{where}.", "bold")
