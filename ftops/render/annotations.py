"""Findings as GitHub's workflow commands, which become remarks beside the lines of a change."""

from collections.abc import Sequence
from typing import Final

from ftops.errors import Problem
from ftops.render.problem_order import in_file_order
from ftops.render.safe_text import one_line
from ftops.render.words import plural

MOST: Final = 10
"""GitHub shows no more of a kind for one step."""


def annotations(problems: Sequence[Problem], folder: str = "") -> str:
    """Return a command a line, errors first; `folder` leads from the repository to the project."""
    ordered = sorted(in_file_order(problems), key=lambda one: one.is_warning)
    lines = [_command(one, folder) for one in ordered[:MOST]]
    hidden = len(ordered) - MOST
    if hidden > 0:
        lines.append(f"::notice::+{plural(hidden, 'more finding')}: `ftops validate --all`")
    return "\n".join(lines)


def _command(problem: Problem, folder: str) -> str:
    path = f"{folder}{problem.path}" if problem.path else None
    found = {
        "file": path,
        "line": problem.line,
        "col": problem.column,
        "title": problem.code,
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in found.items() if value)
    kind = "warning" if problem.is_warning else "error"
    hint = f"\nhint: {one_line(problem.hint)}" if problem.hint else ""
    command = f"{kind} {told}" if told else kind
    return f"::{command}::{_escaped(one_line(problem.message) + hint)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _escaped(one_line(str(value))).replace(":", "%3A").replace(",", "%2C")
