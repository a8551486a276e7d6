"""A checkup, for a terminal."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.checkup import Check
from ftops.render.layout import Row, rows, safe
from ftops.render.problem_lines import hint_line
from ftops.render.words import plural

_OK: Final = ("✓", "ok", "green")
_FAILED: Final = ("✗", "failed", "red")
_UNKNOWN: Final = ("?", "not checked", "yellow")


def doctor_view(checks: Sequence[Check]) -> RenderableType:
    """Show one row per check, with a hint under those that are not well."""
    found = rows(("", "check", "result", "detail"), map(_row, checks))
    return Group(found, Text(), safe(_sentence(checks), "bold"))


def _row(check: Check) -> Row:
    mark, word, style = _UNKNOWN if check.ok is None else _OK if check.ok else _FAILED
    cells = (safe(mark, style), safe(check.name), safe(word, style), safe(check.detail))
    under = () if check.hint is None else (hint_line(check.hint),)
    return Row(cells=cells, under=under)


def _sentence(checks: Sequence[Check]) -> str:
    failed = sum(one.ok is False for one in checks)
    unknown = sum(one.ok is None for one in checks)
    told = f"{failed} of {plural(len(checks), 'check')} failed" if failed else "No check failed"
    return f"{told}{f', {unknown} could not be made' if unknown else ''}."
