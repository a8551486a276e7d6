"""Specs as they are shown: each with its standing, its model, and what a person must do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ftops.core.cost import base_of
from ftops.core.desired import DataPin, Declared
from ftops.core.lifecycle import SOON
from ftops.core.names import SpecName, TargetName
from ftops.core.plan import Change, Confirm, Forget, Hold, Record, Relabel, Train, kind_of, spec_of
from ftops.core.status import SpecStatus, assess
from ftops.serve.snapshot.values import DataView, JobView, ModelView, SpecView
from ftops.usecases.survey import Sight, Survey

_WORK = (Train, Record, Relabel, Confirm, Forget)


def spec_views(
    survey: Survey, jobs: Sequence[JobView], models: Mapping[str, ModelView]
) -> tuple[SpecView, ...]:
    """Return every declared spec and every lock without one, by name."""
    declared = {one.name: one for one in survey.declared}
    changes = {
        (spec_of(change), target): change
        for target, sight in survey.sights.items()
        for change in (sight.plan.changes if sight.plan is not None else ())
    }
    known = {(name, survey.site_of[name]) for name in declared if name in survey.site_of}
    progress = {one.job_id: one.progress for one in jobs}
    views = [
        _view(
            declared.get(name),
            survey.sights.get(target),
            (name, target),
            changes.get((name, target)),
            models.get(name),
        )
        for name, target in known | changes.keys()
    ]
    return tuple(
        _with_progress(one, progress)
        for one in sorted(views, key=lambda one: (one.name, one.target))
    )


def _with_progress(view: SpecView, progress: Mapping[str, int]) -> SpecView:
    return view if view.job_id is None else replace(view, progress=progress.get(view.job_id))


def _view(
    declared: Declared | None,
    sight: Sight | None,
    key: tuple[SpecName, TargetName],
    change: Change | None,
    model: ModelView | None,
) -> SpecView:
    name, target = key
    lock = None if sight is None else sight.locks.get(name)
    standing = None if change is None else assess(change, lock)
    mine = model if model is not None and model.target == target else None
    desired = None if change is None or isinstance(change, Forget) else change.desired
    return SpecView(
        name=name,
        path=None if declared is None else declared.path,
        target=target,
        base_model=_base(declared, mine),
        method=None if declared is None else declared.spec.method,
        sync=None if standing is None else standing.sync,
        health=None if standing is None else standing.health,
        change=None if change is None else kind_of(change),
        reason=None if change is None else change.reason,
        model=_model(standing, mine),
        version=None if mine is None else mine.version,
        job_id=_job(standing, mine),
        progress=None,
        last_trained_at=None if mine is None else mine.created_at,
        cost_usd=None if mine is None else mine.cost_usd,
        estimated_usd=None if desired is None else desired.estimate.usd,
        training=None if desired is None else _data(desired.pins.training),
        validation=None if desired is None else _data(desired.pins.validation),
        attention=tuple(_attention(name, change, mine, sight)),
    )


def _base(declared: Declared | None, model: ModelView | None) -> str | None:
    if declared is not None and isinstance(declared.spec.model, str):
        return declared.spec.model
    return None if model is None else base_of(model.base_model)


def _model(standing: SpecStatus | None, model: ModelView | None) -> str | None:
    if standing is not None and standing.model is not None:
        return standing.model
    return None if model is None else model.id


def _job(standing: SpecStatus | None, model: ModelView | None) -> str | None:
    if standing is not None and standing.job is not None:
        return standing.job.id
    return None if model is None else model.job_id


def _data(pin: DataPin | None) -> DataView | None:
    if pin is None:
        return None
    return DataView(
        digest=pin.digest,
        examples=pin.examples,
        tokens=pin.tokens,
        tokens_exact=pin.tokens_exact,
        paths=pin.paths,
    )


def _attention(
    name: str, change: Change | None, model: ModelView | None, sight: Sight | None
) -> Iterator[str]:
    if isinstance(change, Hold):
        yield f"held ({change.reason}): decide with `ftops apply --retry {name}`"
    elif isinstance(change, _WORK):
        yield f"out of sync ({change.reason}): `ftops apply {name}`"
    if model is not None and model.days_left is not None and model.days_left <= SOON:
        when = f"in {model.days_left} days" if model.days_left >= 0 else "already"
        yield f"{model.base_model} shuts down {when}, on {model.shutdown_date}"
    if sight is not None and sight.trouble is not None:
        yield sight.trouble.message
