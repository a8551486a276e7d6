"""The life of a job as a transition table; pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """Where a job stands, in OpenAI's words."""

    VALIDATING = "validating_files"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Happening(StrEnum):
    """What can befall a job; the last three are a person's requests."""

    VALIDATED = "its files were found legal"
    REJECTED = "its files were refused"
    BEGUN = "a worker was started"
    LOST = "its worker vanished"
    COMPLETED = "its worker finished"
    BROKE = "its training went wrong"
    SET_ASIDE = "its worker paused"
    STOPPED = "its worker obeyed a cancellation"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})
AT_WORK = (Status.RUNNING, Status.PAUSING)
WAITING = (Status.VALIDATING, Status.QUEUED)

TRANSITIONS: Mapping[tuple[Status, Happening], Status] = MappingProxyType(
    {
        (Status.VALIDATING, Happening.VALIDATED): Status.QUEUED,
        (Status.VALIDATING, Happening.REJECTED): Status.FAILED,
        (Status.VALIDATING, Happening.CANCEL): Status.CANCELLED,
        (Status.QUEUED, Happening.BEGUN): Status.RUNNING,
        (Status.QUEUED, Happening.REJECTED): Status.FAILED,
        (Status.QUEUED, Happening.PAUSE): Status.PAUSED,
        (Status.QUEUED, Happening.CANCEL): Status.CANCELLED,
        (Status.RUNNING, Happening.COMPLETED): Status.SUCCEEDED,
        (Status.RUNNING, Happening.BROKE): Status.FAILED,
        (Status.RUNNING, Happening.LOST): Status.QUEUED,
        (Status.RUNNING, Happening.STOPPED): Status.CANCELLED,
        (Status.RUNNING, Happening.PAUSE): Status.PAUSING,
        # Nobody asked for it: the disk was full.
        (Status.RUNNING, Happening.SET_ASIDE): Status.PAUSED,
        # The worker is asked and stops at its next step; until then the job truly runs.
        (Status.RUNNING, Happening.CANCEL): Status.RUNNING,
        (Status.PAUSING, Happening.COMPLETED): Status.SUCCEEDED,
        (Status.PAUSING, Happening.BROKE): Status.FAILED,
        (Status.PAUSING, Happening.SET_ASIDE): Status.PAUSED,
        # What it saved is on disk: a vanished worker is as good as a paused one.
        (Status.PAUSING, Happening.LOST): Status.PAUSED,
        (Status.PAUSING, Happening.STOPPED): Status.CANCELLED,
        (Status.PAUSING, Happening.CANCEL): Status.PAUSING,
        (Status.PAUSED, Happening.RESUME): Status.QUEUED,
        (Status.PAUSED, Happening.CANCEL): Status.CANCELLED,
    }
)


class IllegalTransitionError(Exception):
    """The job is in no state for what was asked of it."""

    def __init__(self, status: Status, happening: Happening) -> None:
        """Say both words."""
        super().__init__(f"a job that is {status} cannot take this: {happening}")
        self.status = status
        self.happening = happening


def after(status: Status, happening: Happening) -> Status:
    """Return the status that follows, or raise `IllegalTransitionError`."""
    try:
        return TRANSITIONS[status, happening]
    except KeyError:
        raise IllegalTransitionError(status, happening) from None
