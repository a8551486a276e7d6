"""Print renderables as a plain terminal would."""

from io import StringIO

from rich.console import Console, RenderableType


def printed(view: RenderableType, width: int = 100) -> str:
    """Return what a terminal without colour shows, without the blanks at the ends of lines."""
    console = Console(file=StringIO(), width=width, no_color=True, highlight=False)
    console.print(view)
    written = console.file
    assert isinstance(written, StringIO)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines())
