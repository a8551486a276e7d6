"""`/plan`: what the next `ftops apply` would do, and what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response

from ftops.core.access import Role
from ftops.core.desired import Desired
from ftops.core.difference import Difference, differences
from ftops.core.plan import Change, Forget, Relabel, Train, kind_of, spec_of, target_of
from ftops.render.explain import details_of, job_of, model_of
from ftops.render.figures import plan_sentence
from ftops.render.words import REASONS, estimate_words
from ftops.serve.access.gate import needs
from ftops.serve.pages.frame import frame_of
from ftops.serve.pages.paper import page
from ftops.serve.premises import Premises


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change: what becomes of which spec, why, and every field that differs."""

    spec: str
    path: str | None
    target: str
    kind: str
    reason: str
    differences: tuple[Difference, ...]
    details: tuple[str, ...]
    estimate: str | None
    job: str | None
    model: str | None


def register(app: FastAPI, premises: Premises) -> None:
    """Add this page."""

    @app.get("/plan", openapi_extra=needs(Role.VIEWER), include_in_schema=False)
    async def plan(request: Request) -> Response:
        snapshot = premises.watch.snapshot
        sights = tuple(snapshot.survey.sights.values())
        views = [_view(one) for one in snapshot.plan.changes]
        return page(
            "plan.html",
            frame_of(request, premises, "plan"),
            is_whole=bool(sights) and all(one.plan is not None for one in sights),
            sentence=plan_sentence(snapshot.plan),
            is_empty=snapshot.plan.is_empty,
            digest_of_plan=snapshot.plan.digest,
            pending=[one for one in views if one.kind != "keep"],
            kept=[one for one in views if one.kind == "keep"],
            notes=snapshot.plan.notes,
            warnings=[problem for one in sights for problem in one.warnings],
        )


def _view(change: Change) -> ChangeView:
    desired = None if isinstance(change, Forget) else change.desired
    train = change if isinstance(change, Train) else None
    return ChangeView(
        spec=spec_of(change),
        path=None if desired is None else desired.declared.path,
        target=target_of(change),
        kind=kind_of(change),
        reason=REASONS[change.reason],
        differences=tuple(_differences(change, desired)),
        details=() if isinstance(change, Train | Relabel) else details_of(change),
        estimate=None if train is None else estimate_words(train.desired.estimate),
        job=job_of(change),
        model=model_of(change),
    )


def _differences(change: Change, desired: Desired | None) -> Sequence[Difference]:
    if isinstance(change, Train) and desired is not None:
        return change.differences or differences({}, desired.inputs)
    if isinstance(change, Relabel) and desired is not None:
        recorded = change.lock.metadata
        wanted = desired.metadata_to_record(recorded)
        return differences({"metadata": recorded}, {"metadata": wanted})
    return ()
