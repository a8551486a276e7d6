"""What apply tells while it works, one frozen event at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ftops.core.names import JobId, SpecName

_LARGEST: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploading:
    """A dataset file goes up; `size` in bytes."""

    spec: SpecName
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A large file is looked at: `done` of its `size` in bytes; it `is_over` at its end.

    `deed` says what is done with it, as words before the name.
    """

    name: str
    size: int
    done: int
    is_over: bool
    deed: str = "reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Creating:
    """The one creation request is about to be sent."""

    spec: SpecName


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A job is known and will be watched; `adopted` if this run did not create it."""

    spec: SpecName
    job: JobId
    adopted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """An unclear creation is looked for; `seconds` is how long at most."""

    spec: SpecName
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The provider asked to come back later."""

    spec: SpecName
    why: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One line of a job's log, with what it measured if it did."""

    spec: SpecName
    job: JobId
    event: "JobEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSeen:
    """The job's state as last looked at."""

    spec: SpecName
    job: JobId
    provider_status: str
    estimated_finish: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritten:
    """A job runs and its usual record cannot be written; `place` is where its id is, if anywhere.

    Whatever people asked not to hear, this is told.
    """

    spec: SpecName
    job: JobId
    why: str
    place: str | None

    @property
    def cure(self) -> str:
        """Return the command that records the job by hand."""
        return f"ftops adopt {self.spec} {self.job}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The spec is done with: `kind` is the outcome's word, `detail` its model or message."""

    spec: SpecName
    kind: str
    detail: str


Progress = (
    Uploading | Creating | Following | Looking | Waiting | JobLine | JobSeen | Unwritten | Ended
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """One event of a job as the provider logs it; `measured` holds a metrics event's numbers."""

    id: str
    created_at: datetime
    level: str
    message: str
    measured: Mapping[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> int | None:
        """Return the training step a metrics event is about."""
        value = self.number("step")
        return None if value is None else int(value)

    def number(self, name: str) -> float | None:
        """Return a measured number of sensible size; providers do not always send only those."""
        value = self.measured.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if -_LARGEST < value < _LARGEST else None
