"""Findings in files, as a terminal shows them: place, excerpt with a caret, hint."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.text import Text

from ftops.errors import Problem
from ftops.render.layout import indented, safe
from ftops.render.problem_groups import group_problems
from ftops.render.safe_text import one_line, shortened
from ftops.render.words import plural

LONGEST_EXCERPT: Final = 160
_STYLES: Final = {"warning: ": "yellow", "error: ": "red"}


def problems_view(
    problems: Sequence[Problem], *, every: bool = False, more: str | None = None
) -> RenderableType:
    """Show findings file by file, the first few of each code unless every one is asked for.

    Errors come last, where a terminal stops. `more` says what shows the others.
    """
    files, hidden = group_problems(problems, every=every)
    words = _words(problems)
    blocks: list[RenderableType] = []
    for kinds in sorted(files, key=lambda kinds: not kinds[0].shown[0].is_warning):
        for alike in kinds:
            blocks += [
                line
                for one in alike.shown
                for line in problem_lines(one, prefix=words[one.is_warning])
            ]
            blocks += [indented(safe(alike.rest, "dim"), 2)] if alike.rest else []
        blocks.append(Text())
    if hidden:
        blocks += [safe(f"+{hidden:,} more"), Text()]
    is_whole = not hidden and all(not alike.others for kinds in files for alike in kinds)
    told = [hint_line(more)] if more and not is_whole else []
    return Group(*blocks, _summary(problems), *told)


def _words(problems: Sequence[Problem]) -> dict[bool, str]:
    """Return what stands before a warning, and before an error if there are warnings too."""
    return {True: "warning: ", False: "error: " if any(one.is_warning for one in problems) else ""}


def problem_lines(problem: Problem, prefix: str = "") -> Iterator[RenderableType]:
    """Yield one finding's lines."""
    place = safe(f"{problem.place}: " if problem.place else "", "bold")
    code = safe(f" [{problem.code}]" if problem.code else "", "dim")
    yield Text.assemble(safe(prefix, _STYLES.get(prefix, "")), place, safe(problem.message), code)
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
    warnings = sum(one.is_warning for one in problems)
    errors = len(problems) - warnings
    both = f": {plural(errors, 'error')}, {plural(warnings, 'warning')}"
    kinds = both if errors and warnings else ""
    return safe(f"{plural(len(problems), 'finding')}{where}{kinds}.", "bold")
