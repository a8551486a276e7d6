"""The one value that every answer is made from: a survey, its views, and their bytes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import msgspec

from ftops.core.names import FileId, JobId
from ftops.core.plan import Plan
from ftops.render import as_json
from ftops.serve.snapshot.jobs import job_views
from ftops.serve.snapshot.models import current_of, model_views
from ftops.serve.snapshot.specs import spec_views
from ftops.serve.snapshot.trail import Trail
from ftops.serve.snapshot.values import JobRow, JobView, JobWord, ModelView, SpecView
from ftops.usecases.survey import Survey, Trouble

_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Body:
    """An answer's bytes, and the mark by which a client can ask whether they changed."""

    content: bytes
    etag: str


def body_of(value: object) -> Body:
    """Return a value as JSON."""
    return sealed(msgspec.json.encode(value))


def sealed(content: bytes) -> Body:
    """Return bytes with their mark."""
    return Body(content, f'"{hashlib.sha256(content).hexdigest()[:_DIGITS]}"')


class Snapshot:
    """All that is shown until the next look; nothing in it changes once it is made."""

    def __init__(self, survey: Survey, trails: Mapping[JobId, Trail], number: int) -> None:
        self.survey = survey
        self.trails = trails
        self.number = number
        self.jobs: tuple[JobView, ...] = job_views(survey, trails)
        self.models: tuple[ModelView, ...] = model_views(survey, self.jobs)
        self.specs: tuple[SpecView, ...] = spec_views(survey, self.jobs, current_of(self.models))
        self._pages: dict[JobsWanted, tuple[Body, str | None]] = {}

    @property
    def at(self) -> datetime:
        """Return when the oldest part of it was seen."""
        return min((sight.at for sight in self.survey.sights.values()), default=self.survey.at)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Return why something in it is old or missing."""
        of_targets = (sight.trouble for sight in self.survey.sights.values())
        found = (self.survey.trouble, *of_targets)
        return tuple(dict.fromkeys(one for one in found if one is not None))

    @property
    def is_busy(self) -> bool:
        """Say whether a job is on its way, so that looking soon is worth it."""
        moving = {JobWord.QUEUED, JobWord.RUNNING}
        return any(one.status in moving for one in self.jobs)

    @cached_property
    def jobs_by_id(self) -> Mapping[str, JobView]:
        """Every job by its id."""
        return {one.job_id: one for one in self.jobs}

    def results_of(self, job_id: JobId) -> FileId | None:
        """Return the file in which a job's measures stand, if it has one."""
        for sight in self.survey.sights.values():
            for job in sight.observed.jobs if sight.observed is not None else ():
                if job.id == job_id and job.result_files:
                    return job.result_files[0]
        return None

    @cached_property
    def models_by_name(self) -> Mapping[str, ModelView]:
        """Every model by its id, and by its spec's name the one it has now."""
        return {**current_of(self.models), **{one.id: one for one in self.models}}

    @cached_property
    def plan(self) -> Plan:
        """The pending changes over all targets that could be looked at."""
        parts = [one.plan for one in self.survey.sights.values() if one.plan is not None]
        return Plan(
            changes=tuple(change for part in parts for change in part.changes),
            notes=tuple(note for part in parts for note in part.notes),
        )

    @cached_property
    def seen_at(self) -> str:
        """`at` as it is written in a header."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

    def jobs_page(self, wanted: "JobsWanted") -> tuple[Body, str | None]:
        """Return a page of the listing, and the id to go on after if there is more."""
        page = self._pages.get(wanted)
        if page is None:
            rows, more = wanted.among(self.jobs)
            body = sealed(b"[%s]" % b",".join(self._rows[one.job_id] for one in rows))
            page = body, rows[-1].job_id if more else None
            if len(self._pages) < MOST_PAGES:
                self._pages[wanted] = page
        return page

    @cached_property
    def _rows(self) -> Mapping[str, bytes]:
        return {one.job_id: msgspec.json.encode(_row_of(one)) for one in self.jobs}

    @cached_property
    def models_body(self) -> Body:
        """The listing of models."""
        return body_of(self.models)

    @cached_property
    def specs_body(self) -> Body:
        """The listing of specs."""
        return body_of(self.specs)

    @cached_property
    def plan_body(self) -> Body:
        """The plan, as `ftops plan -o json` writes it."""
        sights = self.survey.sights.values()
        warnings = [problem for one in sights for problem in one.warnings]
        facts = [one.facts for one in sights]
        return sealed(as_json.plan_json(self.plan, facts, warnings).encode())


MOST_PAGES: Final = 64
"""Different queries whose answers are kept until the next look."""

_ROW_FIELDS = tuple(JobRow.__dataclass_fields__)


def _row_of(job: JobView) -> JobRow:
    return JobRow(**{name: getattr(job, name) for name in _ROW_FIELDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsWanted:
    """Which jobs a listing should show: at most `limit`, those after the known job `after`."""

    status: JobWord | None = None
    spec: str | None = None
    limit: int = 100
    after: str | None = None

    def among(self, jobs: Sequence[JobView]) -> tuple[Sequence[JobView], bool]:
        """Return the wanted ones in their order, and whether there are more."""
        if self.after is not None:
            ids = [one.job_id for one in jobs]
            jobs = jobs[ids.index(self.after) + 1 :]
        fitting = [
            one
            for one in jobs
            if (self.status is None or one.status is self.status)
            and (self.spec is None or one.spec == self.spec)
        ]
        return fitting[: self.limit], len(fitting) > self.limit
