"""Looks at a provider: listings and single objects, decoded to just the fields we need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from ftops.adapters.openai_provider.answer import Answer
from ftops.adapters.openai_provider.chat import answer_in_pieces
from ftops.adapters.openai_provider.connection import Connection
from ftops.adapters.openai_provider.paging import Identified, walk
from ftops.adapters.openai_provider.refusals import failure_of
from ftops.adapters.openai_provider.shapes import (
    EventShape,
    FileShape,
    JobShape,
    ModelShape,
    Page,
    decode,
    job_event,
    observed_file,
    observed_job,
    observed_model,
)
from ftops.adapters.openai_provider.wire import Params, Sleep, Wire
from ftops.core.names import FileId, JobId, ModelId
from ftops.core.observed import STAMP_PROJECT, ObservedFile, ObservedJob, ObservedModel
from ftops.core.orders import Question
from ftops.core.progress import JobEvent

if TYPE_CHECKING:
    import httpx2

JOBS: Final = "/fine_tuning/jobs"
FILES: Final = "/files"
MODELS: Final = "/models"
PURPOSE: Final = "fine-tune"

_JOBS_A_PAGE: Final = 100
_EVENTS_A_PAGE: Final = 100
_FILES_A_PAGE: Final = 10_000

_NOT_SUCH_A_QUERY: Final = frozenset({400, 422})

Entry = TypeVar("Entry", bound=Identified)


class OpenAIReader:
    """The port's ProviderReader for one project, and the ModelProbe; it cannot change anything."""

    def __init__(
        self,
        connection: Connection,
        project: str,
        http: "httpx2.Client | None" = None,
        *,
        sleep: Sleep,
    ) -> None:
        self.connection = connection
        self._wire = Wire(connection, http, sleep=sleep)
        self._project = project

    def jobs(self) -> tuple[ObservedJob, ...]:
        """Return the project's jobs; the provider's filter saves pages but is never trusted."""
        ours = (f"metadata[{STAMP_PROJECT}]", self._project)
        pages = self._pages(JOBS, Page[JobShape], [ours], _JOBS_A_PAGE)
        jobs = (observed_job(shape) for shape in chain.from_iterable(pages))
        return tuple(job for job in jobs if job.is_of(self._project))

    def all_jobs(self) -> tuple[ObservedJob, ...]:
        """Return every job of the account, whoever started it."""
        pages = self._pages(JOBS, Page[JobShape], [], _JOBS_A_PAGE)
        return tuple(observed_job(shape) for shape in chain.from_iterable(pages))

    def unstamped_jobs(self, training_file: FileId) -> tuple[ObservedJob, ...]:
        """Return the jobs on that file that carry no stamp of ftops: a provider may drop it."""
        pages = self._pages(JOBS, Page[JobShape], [], _JOBS_A_PAGE)
        jobs = (observed_job(shape) for shape in chain.from_iterable(pages))
        return tuple(
            job for job in jobs if job.training_file == training_file and job.fingerprint is None
        )

    def told_at(self) -> datetime | None:
        """Return the time by the provider's own clock at its latest answer, if it tells it."""
        return self._wire.told_at

    def files(self) -> tuple[ObservedFile, ...]:
        """Return the files that were uploaded to train on."""
        pages = self._pages(FILES, Page[FileShape], [("purpose", PURPOSE)], _FILES_A_PAGE)
        return tuple(observed_file(shape) for shape in chain.from_iterable(pages))

    def models(self) -> Mapping[ModelId, ObservedModel]:
        """Return the models that can be called; the API lists them all at once."""
        page = decode(self._wire.look(MODELS), Page[ModelShape], self.connection)
        models = (observed_model(shape) for shape in page.data or ())
        return {model.id: model for model in models}

    def model(self, model_id: ModelId) -> ObservedModel | None:
        """Return one model, or None if the provider does not know it."""
        answer = self._wire.get(f"{MODELS}/{in_path(model_id)}")
        if answer.status == HTTPStatus.NOT_FOUND and not answer.is_web_page:
            return None
        if not answer.is_success:
            raise failure_of(answer, self.connection)
        return observed_model(decode(answer, ModelShape, self.connection))

    def job(self, job_id: JobId) -> ObservedJob:
        """Return one job."""
        answer = self._wire.look(f"{JOBS}/{in_path(job_id)}")
        return observed_job(decode(answer, JobShape, self.connection))

    def events(self, job_id: JobId, after: str | None = None) -> tuple[JobEvent, ...]:
        """Return the job's events, oldest first; only those younger than event `after` if given."""
        path = f"{JOBS}/{in_path(job_id)}/events"
        arrived: list[EventShape] = []
        for page in self._pages(path, Page[EventShape], [], _EVENTS_A_PAGE):
            arrived += page
            # The rest is older, unless the provider tells the story from its beginning.
            if _is_newest_first(arrived) and any(event.id == after for event in page):
                break
        if _is_newest_first(arrived):
            arrived.reverse()
        ordered = sorted(arrived, key=_told_at)
        known = [place for place, event in enumerate(ordered) if event.id == after]
        return tuple(job_event(event) for event in ordered[known[0] + 1 if known else 0 :])

    def content(self, file_id: FileId) -> bytes:
        """Return a file's bytes."""
        return self._wire.look(f"{FILES}/{in_path(file_id)}/content").body

    def ask(self, model_id: ModelId, question: Question) -> Iterator[str]:
        """Ask one model one question; the answer arrives in pieces."""
        return answer_in_pieces(self._wire, model_id, question)

    def server_time(self) -> datetime | None:
        """Return the time by the provider's own clock, to the second, if it tells it."""
        return self._wire.look(MODELS).told_at

    def close(self) -> None:
        """Give the connections back."""
        self._wire.close()

    def _pages(
        self, path: str, shape: type[Page[Entry]], filters: Params, limit: int
    ) -> Iterator[list[Entry]]:
        """Yield a listing's pages; filters, then the limit, are left out where they are refused."""
        page_size = ("limit", str(limit))
        query, first = self._first_accepted(path, [[*filters, page_size], [page_size], []])

        def fetch(after: str | None) -> Page[Entry]:
            answer = first if after is None else self._wire.get(path, [*query, ("after", after)])
            if not answer.is_success:
                raise failure_of(answer, self.connection)
            return decode(answer, shape, self.connection)

        return walk(fetch, limit if query else None, path)

    def _first_accepted(self, path: str, queries: Sequence[Params]) -> tuple[Params, Answer]:
        for query in queries[:-1]:
            answer = self._wire.get(path, query)
            if answer.status not in _NOT_SUCH_A_QUERY:
                return query, answer
        return queries[-1], self._wire.get(path, queries[-1])


def in_path(identity: str) -> str:
    """Return an id as one segment of a path; `:` stays, as in `ft:base:org::id`."""
    return quote(identity, safe=":@")


def _is_newest_first(events: Sequence[EventShape]) -> bool:
    return not events or _told_at(events[0]) >= _told_at(events[-1])


def _told_at(event: EventShape) -> float:
    return event.created_at or 0
