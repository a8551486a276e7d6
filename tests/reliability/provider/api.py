"""The part of OpenAI's API that ftops uses, over the history: requests in, JSON out."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from tests.reliability.provider.history import DEAD, FINAL, History, Job, Upload
from tests.reliability.provider.weather import Weather

Plain = dict[str, Any]
CREATION: Final = ("POST", "/fine_tuning/jobs")
_PART: Final = re.compile(rb'filename="([^"]+)".*?\r\n\r\n(.*)\r\n$', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that arrived whole; `path` is below /v1."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path.removeprefix("/v1"))

    @property
    def query(self) -> dict[str, str]:
        return {name: found[-1] for name, found in parse_qs(urlsplit(self.target).query).items()}


class Api:
    """Answers requests; every answer is a status and a plain value."""

    def __init__(self, history: History, weather: Weather) -> None:
        self._history = history
        self._weather = weather
        self._routes: tuple[tuple[str, str, Callable[..., tuple[int, Plain]]], ...] = (
            ("GET", r"/models", self._models),
            ("GET", r"/models/(.+)", self._model),
            ("GET", r"/files", self._files),
            ("POST", r"/files", self._keep),
            ("GET", r"/fine_tuning/jobs", self._jobs),
            ("POST", r"/fine_tuning/jobs", self._create),
            ("GET", r"/fine_tuning/jobs/([^/]+)", self._job),
            ("POST", r"/fine_tuning/jobs/([^/]+)/cancel", self._cancel),
            ("GET", r"/fine_tuning/jobs/([^/]+)/events", self._events),
        )

    def answer(self, request: Request) -> tuple[int, Plain]:
        for method, pattern, route in self._routes:
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                with self._history.lock:
                    return route(request, *found.groups())
        return _error(404, f"no route {request.method} {request.path}")

    def _models(self, _request: Request) -> tuple[int, Plain]:
        return 200, _page([_model(one) for one in sorted(self._history.models)])

    def _model(self, _request: Request, name: str) -> tuple[int, Plain]:
        known = name in self._history.models
        return (200, _model(name)) if known else _error(404, f"no model {name}")

    def _files(self, _request: Request) -> tuple[int, Plain]:
        return 200, _page([_file(one) for one in self._history.uploads.values()])

    def _keep(self, request: Request) -> tuple[int, Plain]:
        boundary = request.headers["content-type"].partition("boundary=")[2].encode()
        for part in request.body.split(b"--" + boundary):
            found = _PART.search(part)
            if found:
                return 200, _file(self._history.keep(found[1].decode(), found[2]))
        return _error(400, "no file in the form")

    def _jobs(self, request: Request) -> tuple[int, Plain]:
        ours = request.query.get("metadata[ftops_project]")
        hides = ours is not None and not self._weather.ignores_filter
        newest_first = [
            job
            for job in reversed(self._history.jobs.values())
            if self._shows(job) and not (hides and self._metadata(job).get("ftops_project") != ours)
        ]
        ids = [job.id for job in newest_first]
        after = request.query.get("after")
        start = ids.index(after) + 1 if after in ids else 0
        limit = int(request.query.get("limit", 20))
        page = newest_first[start : start + limit]
        self._history.crowd(self._weather.births_a_page)
        more = start + limit < len(newest_first)
        return 200, _page([self._told(job) for job in page], has_more=more)

    def _shows(self, job: Job) -> bool:
        job.listed += 1
        return job.listed > self._weather.unlisted_for

    def _create(self, request: Request) -> tuple[int, Plain]:
        body = json.loads(request.body)
        if body.get("training_file") not in self._history.uploads:
            return _error(400, f"no file {body.get('training_file')}")
        job = self._history.accept(body, request.headers.get("idempotency-key"))
        return 200, self._told(job)

    def _job(self, _request: Request, job_id: str) -> tuple[int, Plain]:
        job = self._history.jobs.get(job_id)
        if job is None:
            return _error(404, f"Could not find fine tune: {job_id}")
        self._history.look_at(job)
        return 200, self._told(job)

    def _cancel(self, _request: Request, job_id: str) -> tuple[int, Plain]:
        job = self._history.jobs[job_id]
        if job.status in FINAL:
            return _error(400, f"job {job_id} is {job.status}")
        self._history.cancel(job)
        return 200, self._told(job)

    def _events(self, _request: Request, _job_id: str) -> tuple[int, Plain]:
        return 200, _page([])

    def _metadata(self, job: Job) -> Mapping[str, str]:
        return {} if self._weather.drops_metadata else job.body.get("metadata") or {}

    def _told(self, job: Job) -> Plain:
        return {
            "id": job.id,
            "object": "fine_tuning.job",
            "created_at": job.created_at,
            "status": job.status,
            "model": job.body.get("model"),
            "fine_tuned_model": job.model,
            "training_file": job.body.get("training_file"),
            "trained_tokens": 1_000 if job.model else None,
            "finished_at": job.created_at + 100 if job.status in FINAL else None,
            "method": {"type": "supervised"},
            "metadata": self._metadata(job),
            "error": {"code": "bad", "message": "it died"} if job.status in DEAD else None,
        }


def _page(found: list[Plain], *, has_more: bool = False) -> Plain:
    return {"object": "list", "data": found, "has_more": has_more}


def _model(name: str) -> Plain:
    return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "rogue"}


def _file(upload: Upload) -> Plain:
    size, name = len(upload.content), upload.name
    return {"id": upload.id, "filename": name, "bytes": size, "purpose": "fine-tune"}


def _error(status: int, message: str) -> tuple[int, Plain]:
    return status, {"error": {"message": message, "type": "invalid_request_error", "code": None}}
