"""Which findings people are shown: the first few of each code in a file, or every one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from ftops.errors import Problem
from ftops.render.problem_order import in_file_order

MOST: Final = 50
MOST_ALIKE: Final = 3
MOST_LINES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Findings of one code in one file; of the others only the lines are told."""

    shown: tuple[Problem, ...]
    others: tuple[Problem, ...] = ()

    @property
    def rest(self) -> str | None:
        """Return how many others there are, and where."""
        if not self.others:
            return None
        return f"+{len(self.others):,} more [{self.others[0].code}]{lines_words(self.others)}"


def lines_words(problems: Iterable[Problem]) -> str:
    """Return in which lines findings are, the first of them; nothing if none has a line."""
    lines = list(dict.fromkeys(str(one.line) for one in problems if one.line))
    among = "line" if len(lines) == 1 else "lines"
    more = ", …" if len(lines) > MOST_LINES else ""
    return f" in {among} {', '.join(lines[:MOST_LINES])}{more}" if lines else ""


def group_problems(problems: Sequence[Problem], *, every: bool) -> tuple[list[list[Alike]], int]:
    """Return what is shown, file by file, and how many findings are not even counted there.

    Errors come first, so that no number of warnings hides one.
    """
    ordered = sorted(in_file_order(problems), key=lambda one: one.is_warning)
    files = [
        list(group) for _, group in groupby(ordered, key=lambda one: (one.is_warning, one.path))
    ]
    if every:
        return [[Alike(shown=tuple(group))] for group in files], 0
    room = MOST
    shown: list[list[Alike]] = []
    hidden = 0
    for group in files:
        kinds: list[Alike] = []
        for alike in _by_code(group):
            few = alike[: min(MOST_ALIKE, room)]
            room -= len(few)
            if few:
                kinds.append(Alike(shown=tuple(few), others=tuple(alike[len(few) :])))
            else:
                hidden += len(alike)
        shown += [kinds] if kinds else []
    return shown, hidden


def _by_code(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Return findings by code, in the order of each code's first; those without one stay alone."""
    kinds: dict[str | int, list[Problem]] = {}
    for number, one in enumerate(problems):
        kinds.setdefault(one.code or number, []).append(one)
    return list(kinds.values())
