"""What was seen of lines that follow one another, so that it can be added to what came before."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ftops.dataset.explaining.locate import point_at
from ftops.dataset.finding import Finding, Severity

MOST_FINDINGS: Final = 10_000
"""So many errors, and as many warnings, are kept; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Findings, and how many there are of each severity with those that were not kept."""

    found: Mapping[Severity, int]
    kept: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesSeen:
    """What is known of so many lines; their numbers begin with 1.

    If the file holds no rows but something else, that is told of its first part.
    """

    lines: int
    holds_rows: bool
    examples: int
    image_examples: int
    trained: int
    first_cut: int | None
    first_windows: int | None
    noted: Noted


def first_windows_line(parts: Iterable[LinesSeen]) -> int | None:
    """Return the number of the file's first line that ends with CR LF."""
    before = 0
    for part in parts:
        if part.first_windows is not None:
            return before + part.first_windows
        before += part.lines
    return None


class NotedFindings:
    """Findings in order, up to a number of each severity; the others are only counted."""

    def __init__(self) -> None:
        self._found: Counter[Severity] = Counter()
        self._kept: list[Finding] = []

    def note(self, finding: Finding, number: int | None = None, line: bytes = b"") -> None:
        """Note a finding of the line of that number."""
        self._found[finding.severity] += 1
        if self._found[finding.severity] <= MOST_FINDINGS:
            column, shown = point_at(finding, line)
            self._kept.append(replace(finding, line=number, column=column, excerpt=shown))

    def take(self, noted: Noted, file: str | None, before: int) -> None:
        """Note those of lines that stand behind so many others of their file."""
        found = self._found.copy()
        for finding in noted.kept:
            found[finding.severity] += 1
            if found[finding.severity] <= MOST_FINDINGS:
                line = None if finding.line is None else before + finding.line
                self._kept.append(replace(finding, file=file, line=line))
        self._found.update(noted.found)

    def noted(self) -> Noted:
        """Return all of it."""
        return Noted(found=dict(self._found), kept=tuple(self._kept))
