"""The training server at one glance, as text: queue, curves, models and disk use."""

from collections.abc import Iterator, Sequence

from ftops.render.plot import Series, loss_plot
from ftops.render.safe_text import one_line
from ftops.trainer.pages.overview import JobGlance, Overview
from ftops.trainer.pages.words import size, span

_PLOT_WIDTH, _PLOT_HEIGHT = 72, 8


def glance_lines(overview: Overview) -> Iterator[str]:
    """Yield what a terminal shows."""
    for glance in (*overview.running, *overview.paused):
        yield ""
        yield _headline(glance, overview.at)
        yield from _curves(glance)
    yield from _rows(
        f"waiting: {len(overview.queued)}",
        [
            f"{_name(glance)}, {glance.job.told_status} for "
            f"{span(overview.at - glance.job.created_at)}{glance.awaits}"
            for glance in overview.queued
        ],
    )
    yield from _rows("ended", [_end(glance, overview.at) for glance in overview.ended])
    yield from _rows(
        f"models: {overview.models_in_all}", [one_line(model.id) for model in overview.models]
    )
    used = ", ".join(f"{size(each)} {name}" for name, each in overview.used_bytes.items())
    yield ""
    yield f"disk: {used}; {size(overview.free_bytes)} free"


def _rows(title: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        yield from (f"  {row}" for row in rows)


def _name(glance: JobGlance) -> str:
    job = glance.job
    spec = (job.metadata or {}).get("ftops_spec") or job.suffix
    return one_line(f"{spec} ({job.model}, {job.id})" if spec else f"{job.model} ({job.id})")


def _headline(glance: JobGlance, now: int) -> str:
    words = f"{glance.job.status}: {_name(glance)}"
    if glance.steps:
        words += f", step {glance.step} of {glance.steps}"
    if glance.job.estimated_finish is not None:
        words += f", about {span(glance.job.estimated_finish - now)} left"
    return words


def _curves(glance: JobGlance) -> Iterator[str]:
    series = [
        Series(name=name, points=points)
        for name, points in (("train_loss", glance.train_loss), ("valid_loss", glance.valid_loss))
        if points
    ]
    if series:
        yield loss_plot(series, _PLOT_WIDTH, _PLOT_HEIGHT)


def _end(glance: JobGlance, now: int) -> str:
    job = glance.job
    ago = "" if job.finished_at is None else f" {span(now - job.finished_at)} ago"
    what = job.fine_tuned_model or (job.error.message if job.error else "")
    return f"{job.status}{ago}: {_name(glance)}" + (f" → {one_line(what)}" if what else "")
