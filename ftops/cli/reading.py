"""Show how far large files are read, while a command has nothing else to show."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from ftops.core.progress import Reading
    from ftops.render.reading_progress import ReadingProgress


class ReadingShow:
    """Silent until it is opened, and again once it is closed; draws only if a file is large."""

    def __init__(self, console: Callable[[], "Console"]) -> None:
        self._console = console
        self._bars: ReadingProgress | None = None
        self._closing: ExitStack | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Show what is told meanwhile."""
        with ExitStack() as closing:
            self._closing = closing
            try:
                yield
            finally:
                self._closing = self._bars = None

    def tell(self, reading: "Reading") -> None:
        """Pass on what is told, if anybody looks."""
        if self._closing is None:
            return
        if self._bars is None:
            from ftops.render.reading_progress import ReadingProgress

            self._bars = self._closing.enter_context(ReadingProgress(self._console()))
        self._bars.tell(reading)
