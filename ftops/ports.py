"""Every Protocol the use cases need; reader and writer halves kept apart."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from ftops.core.cost import Tariff
from ftops.core.desired import DataPin, DataSource, Declared, Pins
from ftops.core.lock import Lock
from ftops.core.names import Digest, FileId, Fingerprint, JobId, ModelId, SpecName
from ftops.core.observed import ObservedFile, ObservedJob, ObservedModel, OpenIntent
from ftops.errors import Problem
from ftops.git_ports import Alone, Turns

if TYPE_CHECKING:
    # A plan with nothing to do meets none of these, and each takes milliseconds to make.
    from ftops.core.history import Version
    from ftops.core.orders import JobOrder, Question
    from ftops.core.progress import JobEvent, Progress, Reading
    from ftops.dataset.changes.data_change import Side
    from ftops.dataset.changes.row_index import PlacedRows, RowIndex
    from ftops.dataset.privacy.scanned import Scanned
    from ftops.dataset.quality.figures import Quality


class Clock(Protocol):
    """Time: now (aware, UTC), and sleeps that `stop` cuts short, now and from then on."""

    @property
    def stopped(self) -> bool: ...
    def now(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...
    def stop(self) -> None: ...


class DatasetSource(Protocol):
    """The declared data, pinned to bytes; raises DatasetError holding every finding."""

    def pin(self, declared: Declared) -> tuple[Pins, tuple[Problem, ...]]:
        """Return the pins and the warnings of one spec's data."""
        ...

    def staged(self, pin: DataPin) -> AbstractContextManager[str]:
        """Yield the path of a file holding exactly the pinned bytes; DatasetError if they moved."""
        ...


class DatasetMemory(DatasetSource, Protocol):
    """The same, where data that is known is not read again."""

    def must_read_much(self, declared: Declared) -> bool:
        """Say whether new data of the spec is so large that several processes will read it."""
        ...


class DatasetCritic(Protocol):
    """The declared data, judged for what is legal but unwise; raises DatasetError."""

    def quality(self, declared: Declared) -> "Quality": ...


class PrivacyGuard(Protocol):
    """The declared data, looked through for personal data and secrets; raises DatasetError."""

    def look(self, declared: Declared) -> "Scanned": ...


class RowSource(Protocol):
    """The rows of declared data: as digests, kept by dataset, and as texts; raises DatasetError."""

    def kept(self, digest: Digest, method: str) -> "RowIndex | None": ...
    def keep(self, rows: "PlacedRows", method: str) -> None: ...
    def source_of(self, declared: Declared, side: "Side") -> DataSource: ...

    def read(self, source: DataSource, method: str) -> "PlacedRows":
        """Read every row; TooManyRowsError for more than are compared."""
        ...

    def texts(self, source: DataSource, positions: Collection[int]) -> Mapping[int, bytes]:
        """Return the rows at these positions, as they are uploaded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """One file's content in git, by its id; the size in bytes."""

    id: str
    size: int


class PastFiles(Protocol):
    """Files as commits had them; every answer is empty outside a repository."""

    def commits(self, paths: Sequence[str], most: int) -> tuple[str, ...]:
        """Return the checked out commit and the last ones that changed any path, youngest first."""
        ...

    def listing(self, commit: str, paths: Sequence[str]) -> Mapping[str, Blob]:
        """Return the plain files at or below the paths."""
        ...

    def restore(self, files: Mapping[str, Blob], folder: str) -> None:
        """Write the files below a folder; raises OSError."""
        ...

    def are_cut_off(self) -> bool:
        """Say whether there are older commits that this clone does not have."""
        ...


class LockReader(Protocol):
    """The recorded locks of one target, by spec name; raises RecordError."""

    def read(self) -> Mapping[SpecName, Lock]: ...

    def find(self, spec: SpecName) -> Lock | None:
        """Return one spec's lock, without a look at the others."""
        ...

    def parse(self, content: str, where: str) -> Lock:
        """Return the lock that a file's text holds, such as one from git's history."""
        ...

    def path_of(self, spec: SpecName) -> str:
        """Return where the spec's lock is or would be, for people and for git."""
        ...


class LockStore(LockReader, Protocol):
    """The same, and writing them: whole or not at all, and never if nothing changed."""

    def write(self, lock: Lock) -> None: ...
    def remove(self, spec: SpecName) -> None: ...

    def prove_writable(self, specs: Sequence[SpecName]) -> None:
        """Raise RecordError unless every one of these locks can be written."""
        ...


class JournalReader(Protocol):
    """The creations this machine began on the target and never heard of."""

    def open_intents(self) -> tuple[OpenIntent, ...]: ...


class Journal(JournalReader, Protocol):
    """Append-only: an intent is on disk before the request that it announces."""

    def begin(self, intent: OpenIntent) -> None: ...
    def close(self, fingerprint: Fingerprint, how: str) -> None: ...

    def prove_writable(self) -> None:
        """Raise RecordError unless an intent can be begun; take back what `rescue` kept."""
        ...

    def rescue(self, intent: OpenIntent) -> str:
        """Keep an intent that names its job when `begin` fails, anywhere, and return the place."""
        ...


class ProviderReader(Protocol):
    """What plan and status receive: looks, which may be repeated."""

    def jobs(self) -> tuple[ObservedJob, ...]:
        """Return every job that carries this project's stamp, in one listing."""
        ...

    def unstamped_jobs(self, training_file: FileId) -> tuple[ObservedJob, ...]:
        """Return the jobs on that file that carry no stamp of ftops: a provider may drop it."""
        ...

    def told_at(self) -> datetime | None:
        """Return the time by the provider's own clock at its latest answer, if it tells it."""
        ...

    def files(self) -> tuple[ObservedFile, ...]: ...
    def models(self) -> Mapping[ModelId, ObservedModel]: ...

    def model(self, model_id: ModelId) -> ObservedModel | None:
        """Return one model, or None if the provider does not know it."""
        ...

    def job(self, job_id: JobId) -> ObservedJob: ...

    def events(self, job_id: JobId, after: str | None = None) -> tuple["JobEvent", ...]:
        """Return the job's events, oldest first; only those younger than event `after` if given."""
        ...

    def content(self, file_id: FileId) -> bytes:
        """Return the bytes of one file the provider made, such as a job's results."""
        ...


class Provider(ProviderReader, Protocol):
    """What only apply receives: acts, each sent exactly once.

    Raises ProviderRejected (nothing happened) or ProviderUnavailable/ProviderSurprise (unclear).
    """

    def upload(self, path: str, digest: Digest) -> FileId: ...
    def create_job(self, order: "JobOrder") -> ObservedJob: ...
    def cancel(self, job_id: JobId) -> ObservedJob: ...


class ProviderPruner(Protocol):
    """What only prune receives: the whole account's jobs and files, and deletions."""

    def all_jobs(self) -> tuple[ObservedJob, ...]:
        """Return every job of the account, also those of others."""
        ...

    def files(self) -> tuple[ObservedFile, ...]: ...
    def delete_model(self, model_id: ModelId) -> None: ...
    def delete_file(self, file_id: FileId) -> None: ...


class JobControl(Protocol):
    """A person's hand on one running job."""

    def cancel(self, job_id: JobId) -> ObservedJob: ...
    def pause(self, job_id: JobId) -> ObservedJob: ...
    def resume(self, job_id: JobId) -> ObservedJob: ...


class ModelProbe(Protocol):
    """Ask one model one question; the answer arrives in pieces."""

    def ask(self, model_id: ModelId, question: "Question") -> Iterator[str]: ...


class History(Protocol):
    """What git knows; every answer is empty outside a repository."""

    def head(self) -> str | None: ...
    def is_dirty(self, paths: Sequence[str]) -> bool: ...

    def versions(self, path: str) -> tuple["Version", ...]:
        """Return every committed content of a file, youngest first."""
        ...


class ReadingWatch(Protocol):
    """Where those who read large files tell how far they have come."""

    def tell(self, reading: "Reading") -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who reads a large file: up to so many processes, and who is told how far they are.

    `deed` is what they read it for, in words that go before its name.
    """

    processes: int = 1
    watch: ReadingWatch | None = None
    deed: str = "reading"


ALONE: Final = Readers()
"""This process, which tells nobody."""


class Reporter(Protocol):
    """Where apply tells what it does; may be told from several threads."""

    def tell(self, event: "Progress") -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """The readers of one target that plan and status receive: with these nothing can be changed."""

    locks: LockReader
    journal: JournalReader
    provider: ProviderReader
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """The writers of one target that only apply receives."""

    datasets: DatasetSource
    locks: LockStore
    journal: Journal
    provider: Provider
    clock: Clock
    reporter: Reporter
    tariff: Tariff
    project: str
    commit: str | None = None
    turns: Turns = field(default_factory=Alone)
