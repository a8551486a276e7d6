"""How quality says what it found: one warning a kind, with numbers and the first places."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.quality.figures import Place

MOST_LINES: Final = 5


def warn(code: Code, message: str, places: Sequence[Place], hint: str) -> Finding:
    """Return a warning that stands at the first of the places, or at none."""
    finding = find(code, message, hint=hint)
    if not places:
        return finding
    return replace(finding, file=places[0].file, line=places[0].line)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percent(part: int, whole: int) -> str:
    """Return a share; a small one is not made nothing."""
    share = 100 * part / max(1, whole)
    return f"{share:.0f} %" if share >= 1 or not part else "<1 %"


def listed(places: Sequence[Place], rows: int | None = None) -> str:
    """Return `lines 3, 9 and 12`; with files where they differ, and what is left out counted."""
    shown = places[:MOST_LINES]
    files = {place.file for place in shown}
    more = max(rows or 0, len(places)) - len(shown)
    if len(files) == 1:
        word = "line" if len(shown) == 1 else "lines"
        words = [str(place.line) for place in shown]
    else:
        word, words = "", [f"{place.file}:{place.line}" for place in shown]
    words += [f"{more:,} more"] if more > 0 else []
    last = words.pop()
    return f"{word} {', '.join(words)} and {last}".strip() if words else f"{word} {last}".strip()
