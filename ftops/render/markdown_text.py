"""Text from elsewhere as Markdown that shows it and does nothing else."""

from collections.abc import Iterable, Sequence
from typing import Final

from ftops.render.safe_text import one_line

_BREAK: Final = "<!-- -->"
"""Keeps an @ or a # from becoming a mention or a reference, and shows nothing."""

_PROSE: Final = str.maketrans(
    {
        **{mark: f"\\{mark}" for mark in "\\`*_[]|~!"},
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "@": f"@{_BREAK}",
        "#": f"#{_BREAK}",
        # GitHub takes two dollars for a formula; this is its documented way out.
        "$": "<span>$</span>",
    }
)

_CODE: Final = str.maketrans({mark: f"&#{ord(mark)};" for mark in "\\`*_[]|~!&<>@#$:"})


def prose(text: str) -> str:
    """Return text for running words or a table's cell: no markup, links, mentions or line ends.

    Words between a pair of backticks become code, as our own hints mean them.
    """
    parts = one_line(text).strip().split("`")
    if len(parts) % 2 == 0:
        return _quiet("`".join(parts))
    return "".join(code(part) if odd % 2 else _quiet(part) for odd, part in enumerate(parts))


def _quiet(text: str) -> str:
    return text.translate(_PROSE).replace("://", ":\\//").replace("www.", "www\\.")


def code(text: str) -> str:
    """Return text as a code span that no character of it can leave, also within a table."""
    plain = one_line(text).strip()
    if not plain:
        return ""
    if "`" in plain or "|" in plain:
        return f"<code>{plain.translate(_CODE)}</code>"
    return f"`{plain}`"


def marker(kind: str) -> str:
    """Return the hidden line by which a comment of ours is found again."""
    return f"<!-- ftops {kind} -->"


def table(header: Sequence[str], found: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; cells are Markdown already."""
    rows = [header, ["---"] * len(header), *found]
    return [f"| {' | '.join(row)} |" for row in rows]


def folded(summary: str, lines: Sequence[str]) -> list[str]:
    """Return a block that opens on a click; the summary is Markdown already, as the lines are."""
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]
