"""Where a model comes from: its commit, its datasets, its job."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ftops.core.desired import DataPin
from ftops.core.lock import Lock
from ftops.core.names import Fingerprint
from ftops.serve.snapshot.jobs import desired_of
from ftops.serve.snapshot.values import JobView, ModelView
from ftops.usecases.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One dataset of a training; what only a lock remembers has a digest and no counts."""

    side: str
    digest: str
    examples: int | None = None
    tokens: int | None = None
    tokens_exact: bool = False
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The chain from a commit to a model, as far as it is known."""

    commit: str | None
    commit_page: str | None
    rows: tuple[Rows, ...]
    job: JobView | None
    model: ModelView | None
    model_id: str | None


def origin_of(
    survey: Survey, job: JobView | None, model: ModelView | None, commit: str | None = None
) -> Origin:
    """Return the chain of a job and its model."""
    known = [one for one in (job, model) if one is not None]
    fingerprint = next((one.fingerprint for one in known if one.fingerprint), None)
    told = next((one.commit for one in known if one.commit), None)
    made = None if job is None else job.model
    sha, pages = told or commit, survey.commit_pages
    return Origin(
        commit=sha,
        commit_page=f"{pages}{sha}" if pages and sha else None,
        rows=rows_of(survey, fingerprint),
        job=job,
        model=model,
        model_id=made if model is None else model.id,
    )


def rows_of(survey: Survey, fingerprint: str | None) -> tuple[Rows, ...]:
    """Return the datasets of a training, the training rows first."""
    if fingerprint is None:
        return ()
    for sight in survey.sights.values():
        desired = desired_of(sight.plan, Fingerprint(fingerprint))
        if desired is not None:
            pins = (("training", desired.pins.training), ("validation", desired.pins.validation))
            return tuple(_pinned(side, pin) for side, pin in pins if pin is not None)
    told = inputs_of(survey, fingerprint).get("dataset")
    sides = (("training", "train"), ("validation", "validation"))
    known = told if isinstance(told, Mapping) else {}
    return tuple(Rows(side=side, digest=str(known[key])) for side, key in sides if key in known)


def inputs_of(survey: Survey, fingerprint: str | None) -> Mapping[str, Any]:
    """Return what a lock says that a training was made from; nothing if no lock knows it."""
    found = (one for one in _locks(survey) if one.fingerprint == fingerprint)
    return next((one.inputs for one in found), {})


def _locks(survey: Survey) -> Iterator[Lock]:
    for sight in survey.sights.values():
        yield from sight.locks.values()
    for told in survey.histories.values():
        yield from (chapter.lock for chapter in told if chapter.lock is not None)


def _pinned(side: str, pin: DataPin) -> Rows:
    return Rows(
        side=side,
        digest=pin.digest,
        examples=pin.examples,
        tokens=pin.tokens,
        tokens_exact=pin.tokens_exact,
        paths=pin.paths,
    )
