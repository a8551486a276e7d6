"""Aligned rows with indented lines under them: nothing is cut, and nothing is read as markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ftops.render.safe_text import one_line

INDENT: Final = 4
GAP: Final = 2
_HEADER: Final = "dim"


def safe(text: str, style: str = "") -> Text:
    """Return text as a renderable that shows it as it is; `style` is ours, never the text's."""
    return Text(one_line(text), style=style)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of cells, and the lines under it."""

    cells: tuple[Text, ...]
    under: tuple[Text, ...] = ()


def rows(header: Sequence[str], found: Iterable[Row]) -> Group:
    """Return the rows in columns as wide as their widest cell; long last cells wrap in place."""
    listed = [Row(cells=tuple(safe(word, _HEADER) for word in header)), *found]
    widths = [
        max(cell.cell_len for cell in column)
        for column in zip(*(row.cells for row in listed), strict=True)
    ]
    drawn: list[RenderableType] = []
    for row in listed:
        drawn.append(_aligned(row.cells, widths))
        drawn += [indented(line) for line in row.under]
    return Group(*drawn)


def indented(line: Text, by: int = INDENT) -> Padding:
    """Return a line that stands to the right, also where it wraps."""
    return Padding(line, (0, 0, 0, by), expand=False)


def _aligned(cells: Sequence[Text], widths: Sequence[int]) -> RenderableType:
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for width in widths[:-1]:
        grid.add_column(min_width=width, overflow="fold")
    grid.add_column(overflow="fold")
    grid.add_row(*cells)
    return grid
