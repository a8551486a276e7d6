"""`/api/specs`, `/api/plan`, `/api/capabilities` and `/api/health`: what is wanted, and what is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response

from ftops.core.access import Role
from ftops.core.cost import TRAINING_PRICES
from ftops.core.lifecycle import OPENAI_LAST_DAY_FOR_JOBS, shutdown_of
from ftops.core.observed import Observed
from ftops.serve.access.gate import needs, open_to_anybody
from ftops.serve.api.answers import answer
from ftops.serve.premises import Premises
from ftops.serve.problems import RefusedError, documented
from ftops.serve.snapshot.snapshot import Snapshot, body_of
from ftops.serve.snapshot.values import SpecView
from ftops.usecases.survey import Sight
from ftops.version import __version__

NOT_LOOKED = "no target could be looked at yet"
METHODS = ("supervised", "dpo", "reinforcement")
SUPERVISED = ("supervised", "dpo")
"""What ftops' own training server teaches."""


@dataclass(frozen=True, kw_only=True)
class TargetHealth:
    """One target: when it was last seen, and why not since."""

    name: str
    seen_at: datetime
    age_seconds: float
    jobs: int
    trouble: str | None
    hint: str | None


@dataclass(frozen=True, kw_only=True)
class HealthBody:
    """`status` is `ok` as long as this server answers; `stale` says that something is older."""

    status: str
    version: str
    stale: bool
    seen_at: datetime
    age_seconds: float
    looks: int
    trouble: str | None
    targets: list[TargetHealth]


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """What anybody may know: this server answers, and how old is what it shows."""

    status: str
    age_seconds: float


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """A base that can be tuned, and the day it stops answering."""

    id: str
    shutdown_date: date | None


@dataclass(frozen=True, kw_only=True)
class TargetPowers:
    """What one target can do."""

    name: str
    methods: list[str]
    base_models: list[BaseModel]
    last_day_for_jobs: date | None


@dataclass(frozen=True, kw_only=True)
class FineTuning:
    """What the project can train and ask; `target` is where a spec trains that names none."""

    enabled: bool
    target: str | None
    read_only: bool
    methods: list[str]
    base_models: list[BaseModel]
    targets: list[TargetPowers]


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What this server offers."""

    name: str
    version: str
    project: str
    llm_finetuning: FineTuning


def register(app: FastAPI, premises: Premises) -> None:
    """Add these routes."""
    viewer = needs(Role.VIEWER)

    async def health(request: Request) -> Response:
        """Answer whatever the provider does; the age of what is shown stands beside it."""
        snapshot = premises.watch.snapshot
        now = premises.watch.lookout.clock.now()
        return answer(request, snapshot, body_of(_health(snapshot, now)))

    app.get(
        "/api/health",
        response_model=HealthBody,
        openapi_extra=viewer,
        tags=["state"],
        summary="Is it up, and how old is what it shows",
    )(health)

    @app.get(
        "/healthz",
        response_model=Pulse,
        openapi_extra=open_to_anybody(),
        tags=["state"],
        summary="Is it up; open to anybody, for probes",
    )
    async def alive() -> Pulse:
        age = _age(premises.watch.snapshot.at, premises.watch.lookout.clock.now())
        return Pulse(status="ok", age_seconds=age)

    @app.get(
        "/api/capabilities",
        response_model=Capabilities,
        openapi_extra=viewer,
        tags=["state"],
        summary="What can be trained here, where and on which bases",
    )
    async def capabilities(request: Request) -> Response:
        snapshot = premises.watch.snapshot
        return answer(request, snapshot, body_of(capabilities_of(snapshot)))

    @app.get(
        "/api/specs",
        response_model=list[SpecView],
        openapi_extra=viewer,
        tags=["state"],
        summary="Each spec: in sync or not, healthy or not, its model",
    )
    async def specs(request: Request) -> Response:
        snapshot = premises.watch.snapshot
        return answer(request, snapshot, snapshot.specs_body)

    @app.get(
        "/api/plan",
        response_model=dict[str, Any],
        openapi_extra=viewer,
        tags=["state"],
        summary="What `ftops apply` would do, as `ftops plan -o json` writes it",
        responses=documented(503),
    )
    async def plan(request: Request) -> Response:
        snapshot = premises.watch.snapshot
        _refuse_half_a_plan(snapshot)
        return answer(request, snapshot, snapshot.plan_body)


def _refuse_half_a_plan(snapshot: Snapshot) -> None:
    """Raise if a part of the plan could not be made: an empty one would read as `nothing to do`."""
    sights = snapshot.survey.sights.values()
    missing = [one.trouble for one in sights if one.plan is None]
    trouble = next((one for one in (snapshot.survey.trouble, *missing) if one is not None), None)
    if missing or not sights:
        raise RefusedError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "no_plan",
            NOT_LOOKED if trouble is None else trouble.message,
            hint=None if trouble is None else trouble.hint,
            headers={"Retry-After": "10"},
        )


def _health(snapshot: Snapshot, now: datetime) -> HealthBody:
    return HealthBody(
        status="ok",
        version=__version__,
        stale=bool(snapshot.troubles),
        seen_at=snapshot.at,
        age_seconds=_age(snapshot.at, now),
        looks=snapshot.number,
        trouble=snapshot.troubles[0].message if snapshot.troubles else None,
        targets=[_target_health(one, now) for one in snapshot.survey.sights.values()],
    )


def _target_health(sight: Sight, now: datetime) -> TargetHealth:
    return TargetHealth(
        name=sight.facts.target,
        seen_at=sight.at,
        age_seconds=_age(sight.at, now),
        jobs=0 if sight.observed is None else len(sight.observed.jobs),
        trouble=None if sight.trouble is None else sight.trouble.message,
        hint=None if sight.trouble is None else sight.trouble.hint,
    )


def _age(then: datetime, now: datetime) -> float:
    return round(max(0.0, (now - then).total_seconds()), 1)


def capabilities_of(snapshot: Snapshot) -> Capabilities:
    """Return what can be trained here, as far as the last look shows."""
    survey = snapshot.survey
    powers = [_powers(one, snapshot) for one in survey.sights.values()]
    bases = {base.id: base for one in powers for base in one.base_models}
    methods = {method for one in powers for method in one.methods}
    return Capabilities(
        name="ftops",
        version=__version__,
        project=survey.project,
        llm_finetuning=FineTuning(
            enabled=bool(powers),
            target=survey.default_target,
            read_only=True,
            methods=[one for one in METHODS if one in methods],
            base_models=sorted(bases.values(), key=lambda one: one.id),
            targets=powers,
        ),
    )


def _powers(sight: Sight, snapshot: Snapshot) -> TargetPowers:
    facts = sight.facts
    declared = [
        one.spec.model
        for one in snapshot.survey.declared
        if snapshot.survey.site_of.get(one.name) == facts.target and isinstance(one.spec.model, str)
    ]
    known = TRAINING_PRICES if facts.is_openai else ()
    own = () if facts.stands_in is None else (facts.stands_in,)
    return TargetPowers(
        name=facts.target,
        methods=list(METHODS if facts.stands_in is None else SUPERVISED),
        base_models=list(_bases({*declared, *known, *own}, sight)),
        last_day_for_jobs=OPENAI_LAST_DAY_FOR_JOBS if facts.is_openai else None,
    )


def _bases(names: Iterable[str], sight: Sight) -> Iterable[BaseModel]:
    observed = sight.observed or Observed(at=sight.at)
    for name in sorted(names):
        ends = shutdown_of(name, observed, use_table=sight.facts.is_openai)
        yield BaseModel(id=name, shutdown_date=None if ends is None else ends.day)
