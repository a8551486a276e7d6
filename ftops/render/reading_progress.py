"""A bar for every large file that is read: how far, how fast, how much longer."""

import threading
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column
from rich.text import Text
from typing_extensions import override

from ftops.core.progress import Reading
from ftops.render.safe_text import one_line

_PAUSE: Final = 0.1
_WIDE: Final = 90
_BAR: Final = 20
_SHORT_BAR: Final = 8


class _Name(ProgressColumn):
    """What is done with which file: the one column that gives way on a narrow terminal."""

    @override
    def render(self, task: Task) -> Text:
        """Return it, cut to the room there is."""
        return Text(task.description, no_wrap=True, overflow="ellipsis")


class ReadingProgress:
    """Draws bars while it is entered and a file is read; may be told from several threads."""

    def __init__(self, console: Console) -> None:
        self._lock = threading.Lock()
        self._bars: dict[str, TaskID] = {}
        self._next = 0.0
        self._progress = Progress(
            _Name(),
            BarColumn(bar_width=_BAR if console.width >= _WIDE else _SHORT_BAR),
            DownloadColumn(table_column=Column(no_wrap=True)),
            TransferSpeedColumn(table_column=Column(no_wrap=True)),
            TimeRemainingColumn(compact=True, table_column=Column(no_wrap=True)),
            console=console,
            transient=True,
            # A thread that draws would forbid forks, which read large files side by side.
            auto_refresh=False,
            # Standard output carries results; this console is the other one.
            redirect_stdout=False,
        )

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe what is drawn."""
        self._progress.stop()

    def tell(self, reading: Reading) -> None:
        """Draw how far the file is read; a file that is over has no bar."""
        with self._lock:
            bar = self._bars.get(reading.name)
            if reading.is_over:
                if bar is not None:
                    self._progress.remove_task(self._bars.pop(reading.name))
                    self._progress.refresh()
                return
            if bar is None:
                shown = f"{reading.deed} {one_line(reading.name)}"
                bar = self._progress.add_task(shown, total=reading.size)
                self._bars[reading.name] = bar
            self._progress.update(bar, completed=reading.done)
            self._draw()

    def _draw(self) -> None:
        now = self._progress.get_time()
        if now >= self._next:
            self._progress.refresh()
            self._next = now + _PAUSE
