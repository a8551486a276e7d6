"""Progress in a terminal: one moving line a job, everything else in lines above."""

import threading
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ftops.core.names import SpecName
from ftops.core.progress import Ended, JobEvent, JobLine, JobSeen, Progress, Unwritten
from ftops.render.event_words import announcement, state_word
from ftops.render.layout import safe
from ftops.render.layout_sizes import GAP
from ftops.render.steps import Step, step_of
from ftops.render.words import OUTCOME_MARKS, clock_time

BAR_WIDTH: Final = 20
A_SECOND: Final = 8
_MEMORY: Final = 0.8
_LEVEL: Final = 0.002


@dataclass(slots=True)
class _Job:
    """What one moving line shows; `usual` is the running mean that a loss is held against."""

    state: str = ""
    step: Step | None = None
    usual: float | None = None
    trend: str = ""
    ends: datetime | None = None

    def reach(self, step: Step) -> None:
        self.step = step
        if step.loss is None:
            return
        if self.usual is not None:
            self.trend = _trend(self.usual, step.loss)
        before = step.loss if self.usual is None else self.usual
        self.usual = _MEMORY * before + (1 - _MEMORY) * step.loss


def _trend(usual: float, loss: float) -> str:
    if abs(loss - usual) <= _LEVEL * abs(usual):
        return "→"
    return "↓" if loss < usual else "↑"


class LiveProgress:
    """Draws events while it is entered; may be told from several threads."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._jobs: dict[SpecName, _Job] = {}
        self._live = Live(
            console=console,
            get_renderable=self._drawn,
            refresh_per_second=A_SECOND,
            transient=True,
            # Standard output carries results; this console is the other one.
            redirect_stdout=False,
        )

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the moving lines away; the lines above stay."""
        self._live.stop()

    def tell(self, event: Progress) -> None:
        """Move the job's line, and perhaps write one above.

        Writing happens without our lock: the drawing thread holds the console's while it asks for
        ours.
        """
        with self._lock:
            line = self._take(event)
        if line is not None:
            self._console.print(line)

    def _take(self, event: Progress) -> Text | None:
        if isinstance(event, Ended):
            known = self._jobs.pop(event.spec, None) is not None
            return _ending(event) if known or event.kind != "settled" else None
        job = self._jobs.setdefault(event.spec, _Job())
        match event:
            case JobSeen():
                job.state, job.ends = event.provider_status, event.estimated_finish
                return None
            case JobLine(event=logged):
                return _logged(event.spec, logged, job)
            case Unwritten():
                return _above("!", event.spec, announcement(event))
            case _:
                job.state = state_word(event)
                return _above("·", event.spec, announcement(event))

    def _drawn(self) -> RenderableType:
        with self._lock:
            grid = Table.grid(padding=(0, GAP, 0, 0))
            for name, job in self._jobs.items():
                grid.add_row(*_cells(name, job))
        return grid


def _logged(name: SpecName, event: JobEvent, job: _Job) -> Text | None:
    step = step_of(event)
    if step is None:
        return _above("·", name, event.message)
    job.reach(step)
    return None


def _ending(event: Ended) -> Text:
    return _above(OUTCOME_MARKS.get(event.kind, "·"), event.spec, announcement(event))


def _above(mark: str, name: SpecName, told: str) -> Text:
    return Text.assemble(f"{mark} ", safe(name, "bold"), " ", safe(told))


def _cells(name: SpecName, job: _Job) -> tuple[RenderableType, ...]:
    step = job.step
    total = None if step is None else step.total
    # Without a known end the bar pulses.
    bar = ProgressBar(total=total, completed=0 if step is None else step.number, width=BAR_WIDTH)
    loss = "" if step is None or step.loss is None else f"loss {step.loss:.4f} {job.trend}"
    return (
        safe(name, "bold"),
        safe(job.state),
        bar,
        safe("" if step is None else f"step {step.words}"),
        safe(loss),
        safe("" if job.ends is None else f"ends ~{clock_time(job.ends)}"),
    )
