"""What the provider shows: jobs, files and models as values, and which job counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from ftops.core.names import Digest, FileId, Fingerprint, JobId, ModelId, SpecName, upload_name

STAMP_PROJECT: Final = "ftops_project"
STAMP_SPEC: Final = "ftops_spec"
STAMP_FINGERPRINT: Final = "ftops_fingerprint"
STAMP_COMMIT: Final = "ftops_commit"
STAMP_KEYS: Final = (STAMP_PROJECT, STAMP_SPEC, STAMP_FINGERPRINT, STAMP_COMMIT)

WHOLE_SECONDS: Final = timedelta(seconds=1)
DEFAULT_CONFIRMATION_WINDOW: Final = timedelta(seconds=5 * 120)


class JobStatus(StrEnum):
    """A job's status as ftops understands it; words it does not know count as in flight."""

    VALIDATING_FILES = "validating_files"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNRECOGNISED = "unrecognised"

    @property
    def is_final(self) -> bool:
        """Say whether the job will never change again."""
        return self in {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}

    @property
    def is_dead(self) -> bool:
        """Say whether the job ended without a model."""
        return self in {JobStatus.FAILED, JobStatus.CANCELLED}


_SPELLINGS: Final[Mapping[str, JobStatus]] = {
    **{one.value: one for one in JobStatus},
    "canceled": JobStatus.CANCELLED,
    "pending": JobStatus.QUEUED,
    "notrunning": JobStatus.QUEUED,
}


def read_status(word: str | None) -> JobStatus:
    """Return the status a provider's word means; guessing wrong must cost waiting, not money."""
    return _SPELLINGS.get((word or "").lower(), JobStatus.UNRECOGNISED)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailure:
    """Why a job failed, in the provider's words."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedJob:
    """One fine-tuning job as the provider shows it."""

    id: JobId
    created_at: datetime
    status: JobStatus
    provider_status: str
    model: ModelId
    fine_tuned_model: ModelId | None = None
    training_file: FileId | None = None
    validation_file: FileId | None = None
    trained_tokens: int | None = None
    finished_at: datetime | None = None
    estimated_finish: datetime | None = None
    seed: int | None = None
    method: str | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    failure: JobFailure | None = None
    result_files: tuple[FileId, ...] = ()

    @property
    def fingerprint(self) -> Fingerprint | None:
        """Return the stamped fingerprint, if the job carries one."""
        value = self.metadata.get(STAMP_FINGERPRINT)
        return Fingerprint(value) if value else None

    @property
    def stamped_spec(self) -> SpecName | None:
        """Return the spec's name at launch, if the job carries one."""
        value = self.metadata.get(STAMP_SPEC)
        return SpecName(value) if value else None

    @property
    def own_metadata(self) -> dict[str, str]:
        """Return the pairs that are not ftops' stamp."""
        return {key: value for key, value in self.metadata.items() if key not in STAMP_KEYS}

    def stamped_by(self, intent: "OpenIntent") -> "ObservedJob":
        """Return the job with the stamp it was created with."""
        stamp = {STAMP_SPEC: intent.spec, STAMP_FINGERPRINT: intent.fingerprint}
        return replace(self, metadata={**self.metadata, **stamp})

    def is_of(self, project: str) -> bool:
        """Say whether this project stamped the job."""
        return self.metadata.get(STAMP_PROJECT) == project and self.fingerprint is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedFile:
    """One uploaded file; `size` in bytes."""

    id: FileId
    name: str
    size: int
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedModel:
    """One model that can be called, with the day it stops answering if the provider says so."""

    id: ModelId
    shutdown_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIntent:
    """A creation that was begun and never heard of.

    `seen` is how many stamped jobs of that fingerprint existed when it was begun: once more are
    there, the intent has become one of them. `jobs` are those of them that the provider named in
    its answers: the only way to find them where a provider drops the stamp; `training_file` may
    tell one that no answer named. `told_at` is when it was begun by the provider's own clock.
    """

    fingerprint: Fingerprint
    spec: SpecName
    begun_at: datetime
    seen: int = 0
    jobs: tuple[JobId, ...] = ()
    training_file: FileId | None = None
    told_at: datetime | None = None

    def naming(self, job: JobId) -> "OpenIntent":
        """Return the intent with one more job that it has become."""
        return self if job in self.jobs else replace(self, jobs=(*self.jobs, job))

    def age(self, at: datetime, told_at: datetime | None) -> timedelta:
        """Return how long ago it was begun, at least: by the provider's clock where that is known.

        The clock of a machine may be wrong, and other machines read what this one began. A
        provider tells whole seconds, so that up to one of them may not have passed.
        """
        if told_at is not None and self.told_at is not None:
            return told_at - self.told_at - WHOLE_SECONDS
        return at - self.begun_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One look at the provider, and the intents this machine still waits for.

    `told_at` is the time by the provider's own clock; `keeps_stamps` says whether its jobs were
    seen to carry our stamp, None if there was none to see.
    """

    at: datetime
    told_at: datetime | None = None
    keeps_stamps: bool | None = None
    jobs: tuple[ObservedJob, ...] = ()
    files: tuple[ObservedFile, ...] = ()
    models: Mapping[ModelId, ObservedModel] = field(default_factory=dict)
    open_intents: tuple[OpenIntent, ...] = ()
    confirmation_window: timedelta = DEFAULT_CONFIRMATION_WINDOW
    _stamped: Mapping[Fingerprint, tuple[ObservedJob, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        # Every spec asks for its jobs: looking through all of them each time grows as the square.
        stamped: dict[Fingerprint, list[ObservedJob]] = {}
        for job in self.jobs:
            fingerprint = job.fingerprint
            if fingerprint is not None:
                stamped.setdefault(fingerprint, []).append(job)
        found = {fingerprint: eldest_first(jobs) for fingerprint, jobs in stamped.items()}
        object.__setattr__(self, "_stamped", found)

    def has_model(self, model: ModelId | None) -> bool:
        """Say whether the provider lists the model."""
        return model is not None and model in self.models

    def jobs_of(self, fingerprint: Fingerprint) -> tuple[ObservedJob, ...]:
        """Return the jobs stamped with the fingerprint, eldest first."""
        return self._stamped.get(fingerprint, ())

    def intent_of(self, fingerprint: Fingerprint) -> OpenIntent | None:
        """Return the creation that may still turn up: young, and not among the jobs seen."""
        intent = self._unanswered(fingerprint)
        if intent is None or self._age(intent) >= self.confirmation_window:
            return None
        return intent

    def lost_intent_of(self, fingerprint: Fingerprint) -> OpenIntent | None:
        """Return the creation of which nothing will ever be seen: no stamp tells its job."""
        return self._unanswered(fingerprint) if self.keeps_stamps is False else None

    def _unanswered(self, fingerprint: Fingerprint) -> OpenIntent | None:
        count = len(self.jobs_of(fingerprint))
        mine = (one for one in self.open_intents if one.fingerprint == fingerprint)
        return next((one for one in mine if count <= one.seen), None)

    def _age(self, intent: OpenIntent) -> timedelta:
        return intent.age(self.at, self.told_at)


def eldest_first(jobs: Iterable[ObservedJob]) -> tuple[ObservedJob, ...]:
    """Return the jobs by age, ties by id: every machine computes the same order."""
    return tuple(sorted(jobs, key=lambda job: (job.created_at, job.id)))


def find_upload(files: Iterable[ObservedFile], digest: Digest, size: int) -> ObservedFile | None:
    """Return an earlier upload of these bytes: same name, same size, not refused."""
    name = upload_name(digest)
    matches = [
        file
        for file in files
        if file.name == name and file.size == size and file.status not in {"error", "deleted"}
    ]
    return min(matches, key=lambda file: file.id) if matches else None
