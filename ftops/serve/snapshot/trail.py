"""What one job told so far: its log and its curves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from ftops.core.measures import Curve, curves_of_events
from ftops.core.progress import JobEvent
from ftops.render.steps import Step, step_of

FROM_EVENTS = "events"
FROM_RESULTS = "result-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A job's events, oldest first, and what they measured; `source` tells where from."""

    at: datetime
    events: tuple[JobEvent, ...] = ()
    curves: tuple[Curve, ...] = ()
    source: str = FROM_EVENTS

    @classmethod
    def of(cls, events: tuple[JobEvent, ...], at: datetime) -> Self:
        """Return the trail that these events make."""
        return cls(at=at, events=events, curves=curves_of_events(events))

    def with_results(self, curves: tuple[Curve, ...]) -> Self:
        """Return the trail with the curves of the result file, if that held any."""
        return replace(self, curves=curves, source=FROM_RESULTS) if curves else self

    @property
    def last_id(self) -> str | None:
        """Return the newest event's id."""
        return self.events[-1].id if self.events else None

    @property
    def steps(self) -> tuple[tuple[JobEvent, Step], ...]:
        """Return the events that are about a step, with it."""
        found = ((event, step_of(event)) for event in self.events)
        return tuple((event, step) for event, step in found if step is not None)

    @property
    def latest(self) -> Mapping[str, float]:
        """Return the newest value of each measure."""
        return {curve.name: curve.points[-1][1] for curve in self.curves}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far a job has come: steps done of steps expected, and when it should be done."""

    step: int | None = None
    total: int | None = None
    finish: datetime | None = None

    @property
    def percent(self) -> int:
        """Return the share done, 0 to 99: only a completed job is at 100."""
        if not self.step or not self.total:
            return 0
        return min(99, 100 * self.step // self.total)


def course_of(trail: Trail, expected_steps: int | None) -> Course:
    """Return how far the events show a job, its end by the pace of its steps."""
    steps = trail.steps
    if not steps:
        return Course(total=expected_steps)
    (first_event, first), (event, last) = steps[0], steps[-1]
    total = last.total or expected_steps
    course = Course(step=last.number, total=total)
    done = last.number - first.number
    seconds = (event.created_at - first_event.created_at).total_seconds()
    if not total or done <= 0 or seconds <= 0:
        return course
    pace = (event.created_at - first_event.created_at) / done
    return replace(course, finish=event.created_at + pace * max(0, total - last.number))
