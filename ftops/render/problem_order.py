"""The order in which findings are read: file by file, from the top down."""

from collections.abc import Iterable

from ftops.errors import Problem


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the findings by file, and from the top of each file down."""
    return sorted(problems, key=lambda one: (one.path or "", one.line or 0, one.column or 0))
