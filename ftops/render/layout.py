"""Aligned rows with indented lines under them: nothing is cut, and nothing is read as markup."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.text import Text

from ftops.render.layout_sizes import GAP, INDENT
from ftops.render.safe_text import one_line

LEAST_ROOM: Final = 16
_HEADER: Final = "dim"


def safe(text: str, style: str = "") -> Text:
    """Return text as a renderable that shows it as it is; `style` is ours, never the text's."""
    return Text(one_line(text), style=style)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of cells, and the lines under it."""

    cells: tuple[Text, ...]
    under: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """A body that wraps to the right of its lead, or below it where there is no room."""

    lead: Text
    body: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the lines for this width."""
        if not self.body:
            bare = self.lead.copy()
            bare.rstrip()
            yield bare
            return
        lead, room = self.lead, options.max_width - self.lead.cell_len
        if room < min(LEAST_ROOM, self.body.cell_len):
            yield lead
            lead = Text(" " * min(INDENT, options.max_width // 2))
            room = options.max_width - lead.cell_len
        for line in self.body.wrap(console, room, overflow=self.body.overflow or "fold"):
            line.rstrip()
            yield Text.assemble(lead, line)
            lead = Text(" " * lead.cell_len)


def rows(header: Sequence[str], found: Iterable[Row]) -> Group:
    """Return the rows in columns as wide as their widest cell; only the last one ever wraps.

    Without a header there is no line for one.
    """
    head = [Row(cells=tuple(safe(word, _HEADER) for word in header))] if header else []
    listed = [*head, *found]
    widths = [
        max(cell.cell_len for cell in column)
        for column in zip(*(row.cells for row in listed), strict=True)
    ]
    drawn: list[RenderableType] = []
    for row in listed:
        drawn.append(_aligned(row.cells, widths))
        drawn += [indented(line) for line in row.under]
    return Group(*drawn)


def indented(line: Text, by: int = INDENT) -> Hanging:
    """Return a line that stands to the right, also where it wraps."""
    return Hanging(lead=Text(" " * by), body=line)


def _aligned(cells: Sequence[Text], widths: Sequence[int]) -> Hanging:
    lead = Text()
    for cell, width in zip(cells[:-1], widths[:-1], strict=True):
        lead.append_text(cell).append(" " * (width - cell.cell_len + GAP))
    return Hanging(lead=lead, body=cells[-1])
