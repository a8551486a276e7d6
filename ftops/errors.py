"""Every error ftops raises on purpose.

FtopsError(message, *, hint=None)
├── DeclarationError          your files are wrong
│   ├── SpecError             path, line, column
│   ├── DatasetError          path, line
│   └── TwinSpecsError        the two names
├── RecordError               our files are wrong
│   ├── LockUnreadable        path, line
│   ├── LockTooNew            path, its schema
│   └── LedgerError           the ledger on the git remote cannot be read or written
│       └── LeaseLost         another machine launches now
├── PlanRefused               the plan is right and will not run
│   ├── LeaseHeld             another machine launches now, and did not end in time
│   ├── StalePlan             expected, actual
│   └── TooMuchTraining       planned, allowed
├── TargetError               no target, or one that cannot be used as configured
├── ProviderError             they are wrong, or away
│   ├── ProviderRejected      understood and refused, nothing happened
│   ├── ProviderUnavailable   all else: a look may be retried, an act never
│   └── ProviderSurprise      an answer we cannot read
├── TrainingServerError       our own server did not start
├── HistoryError              git is missing, or said no
├── UnknownSpec               a name nobody declared
└── JobNotFound               a spec without the job a verb needs
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FtopsError(Exception):
    """An expected failure: what happened, and perhaps the next command to type."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding in a file people wrote: lines and columns count from 1.

    An excerpt of two lines brings its caret along.
    """

    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str | None = None
    field: str | None = None
    code: str | None = None
    hint: str | None = None
    is_warning: bool = False

    @property
    def place(self) -> str:
        """Return `path:line:column` as far as known."""
        parts = [self.path or "", self.line, self.column]
        return ":".join(str(part) for part in parts if part not in {None, ""})


class DeclarationError(FtopsError):
    """Files people wrote are wrong; holds every finding of every file at once."""

    def __init__(self, problems: Sequence[Problem], *, hint: str | None = None) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = len(self.problems) - 1
        place = f"{first.place}: " if first.place else ""
        rest = f" (and {more} more)" if more else ""
        super().__init__(f"{place}{first.message}{rest}", hint=hint)


class SpecError(DeclarationError):
    """A spec or ftops.yaml that cannot be understood."""


class DatasetError(DeclarationError):
    """A dataset the provider would refuse, or that cannot be read."""


class TwinSpecsError(DeclarationError):
    """Two specs that would pay for the very same training."""


class RecordError(FtopsError):
    """A file ftops wrote cannot be trusted."""


class LockUnreadable(RecordError):
    """A lock that is damaged; it is never repaired by spending."""


class LockTooNew(RecordError):
    """A lock written by a newer ftops."""


class LedgerError(RecordError):
    """The ledger on the git remote cannot be read or written."""


class LeaseLost(LedgerError):
    """The lease that a run launched under is no longer its own."""


class PlanRefused(FtopsError):
    """The plan is right and will not run."""


class LeaseHeld(PlanRefused):
    """Another machine launches, and did not end in time."""


class StalePlan(PlanRefused):
    """The world moved since the plan was reviewed."""


class TooMuchTraining(PlanRefused):
    """The plan would launch or spend more than ftops.yaml allows."""


class TargetError(FtopsError):
    """No target was chosen, or it cannot be used as configured."""


class ProviderError(FtopsError):
    """The provider is wrong, or away."""


class Refusal(StrEnum):
    """Why a provider refused, as far as it decides what to do next."""

    KEY = "key"
    QUOTA = "quota"
    DAILY_LIMIT = "daily-limit"
    RATE = "rate"
    CONCURRENCY = "concurrency"
    CLOSED = "closed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    FILE_NOT_READY = "file-not-ready"
    OTHER = "other"

    @property
    def passes(self) -> bool:
        """Say whether waiting alone can cure it."""
        return self in {Refusal.RATE, Refusal.CONCURRENCY, Refusal.FILE_NOT_READY}


class ProviderRejected(ProviderError):
    """Understood and refused: nothing happened at the provider."""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        refusal: Refusal = Refusal.OTHER,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.refusal = refusal
        self.retry_after = retry_after


class ProviderUnavailable(ProviderError):
    """No clear answer: a look may be retried, an act never."""


class ProviderSurprise(ProviderError):
    """An answer that cannot be read, such as a web page from a wrong base URL."""


class TrainingServerError(FtopsError):
    """ftops' own training server did not start or stop."""


class HistoryError(FtopsError):
    """Git is missing, or said no."""


class UnknownSpec(FtopsError):
    """A name that no spec declares."""


class JobNotFound(FtopsError):
    """The spec has no job that the verb could act on."""
