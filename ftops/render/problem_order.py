"""The order in which findings are read: file by file, from the top down."""

from collections import Counter
from collections.abc import Iterable

from ftops.errors import Problem


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the findings by file, and from the top of each file down."""
    return sorted(problems, key=lambda one: (one.path or "", one.line or 0, one.column or 0))


def of_each_code(problems: Iterable[Problem]) -> list[Problem]:
    """Return the first of each code, then the second of each, …: of a few, none hides others."""
    seen: Counter[str | None] = Counter()
    ranked: list[tuple[int, Problem]] = []
    for one in problems:
        ranked.append((seen[one.code], one))
        seen[one.code] += 1
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])]
