"""A worker's visit: let in by its try's own token, and only while that try is the job's last."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request

from ftops.trainer.api.keys import bearer, is_opened
from ftops.trainer.api.premises import premises_of
from ftops.trainer.api.problems import RefusalError
from ftops.trainer.running.attempt_folder import AttemptFolder, Order
from ftops.trainer.store.job_life import AT_WORK
from ftops.trainer.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One try, asked about by its own worker."""

    store: Store
    job_id: str
    number: str
    folder: AttemptFolder
    order: Order

    @property
    def work(self) -> Path:
        """Return the job's own folder."""
        return self.order.work

    def check(self) -> None:
        """Refuse if a newer try has taken over, or the job has ended."""
        job = self.store.jobs.known(self.job_id)
        if str(job.attempt) != self.number or job.status not in AT_WORK:
            raise RefusalError(HTTPStatus.CONFLICT, "This try is over.", code="superseded")


def admitted(request: Request) -> Visit:
    """Let the worker of a try in."""
    store = premises_of(request).store
    job_id, _, number = request.path_params["try_id"].rpartition("-try")
    job = store.jobs.get(job_id) if number.isdecimal() else None
    folders = [] if job is None else list((store.jobs_folder / job_id).glob(f"try-{number}-*"))
    given = bearer(request.headers.get("authorization", ""))
    for folder in map(AttemptFolder, folders):
        token = folder.token()
        if token is not None and is_opened([token], given):
            visit = Visit(
                store=store, job_id=job_id, number=number, folder=folder, order=folder.order()
            )
            visit.check()
            return visit
    raise RefusalError(HTTPStatus.UNAUTHORIZED, "This is no try's token.", code="invalid_api_key")
