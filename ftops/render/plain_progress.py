"""Progress where nothing can be drawn over: a few plain lines a job, or JSON lines, or nothing."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ftops.core.names import SpecName
from ftops.core.progress import Ended, JobEvent, JobLine, JobSeen, Progress, Unwritten
from ftops.render.as_json import event_json
from ftops.render.event_words import announcement, step_words
from ftops.render.safe_text import one_line
from ftops.render.steps import Step, step_of

SHARES: Final = 10
GROWTH: Final = 2

Write = Callable[[str], None]
"""Takes one line without its end."""


class Silence:
    """Tells nothing but that a job's id is about to be lost."""

    def __init__(self, write: Write) -> None:
        self._write = write

    def tell(self, event: Progress) -> None:
        """Let the event pass, unless a person must know of it."""
        if isinstance(event, Unwritten):
            self._write(one_line(f"{event.spec}: {announcement(event)}"))


class JsonProgress:
    """Writes every event as one line of JSON."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._lock = threading.Lock()

    def tell(self, event: Progress) -> None:
        """Write the event."""
        with self._lock:
            self._write(event_json(event))


@dataclass(slots=True)
class _Told:
    """What was last written about one spec."""

    anything: bool = False
    state: str = ""
    step: Step | None = None
    withheld: Step | None = None


class PlainProgress:
    """Writes what happens in lines; of a job's steps the first, the last and about ten between."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._told: dict[SpecName, _Told] = {}

    def tell(self, event: Progress) -> None:
        """Write the lines that the event is worth."""
        with self._lock:
            told = self._told.setdefault(event.spec, _Told())
            for line in _lines(event, told):
                told.anything = True
                self._write(one_line(f"{event.spec}: {line}"))


def _lines(event: Progress, told: _Told) -> Iterator[str]:
    match event:
        case JobLine(event=logged):
            yield from _logged(logged, told)
        case JobSeen(provider_status=state):
            if state != told.state:
                told.state = state
                yield f"job {event.job} is {state}"
        case Ended(kind=kind):
            if told.withheld is not None:
                yield step_words(told.withheld)
            if told.anything or kind != "settled":
                yield announcement(event)
        case _:
            yield announcement(event)


def _logged(event: JobEvent, told: _Told) -> Iterator[str]:
    step = step_of(event)
    if step is None:
        yield event.message
    elif _is_worth_a_line(step, told.step):
        told.step, told.withheld = step, None
        yield step_words(step)
    else:
        told.withheld = step


def _is_worth_a_line(step: Step, last: Step | None) -> bool:
    """Say whether the job has come a tenth further, or has twice the steps if no end is known."""
    if last is None or step.number < last.number:
        return True
    if not step.total:
        return step.number >= GROWTH * last.number
    return step.number * SHARES // step.total > last.number * SHARES // step.total
