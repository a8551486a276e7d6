"""`ftops status`, `ftops logs` and `ftops metrics`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ftops.cli.exits import Exit
from ftops.cli.naming import known_as
from ftops.cli.options import Format, format_option, name_argument, specs_argument
from ftops.cli.session import Session, pass_session
from ftops.core.progress import JobEvent
from ftops.core.status import Health, Standing
from ftops.errors import JobNotFound

if TYPE_CHECKING:
    from ftops.core.notes import TargetFacts

LOSSES = ("train_loss", "valid_loss")
"""Which of the measured curves are drawn together."""


@click.command(short_help="Each spec: in sync or not, healthy or not, its model.")
@specs_argument
@click.option("--watch", "-w", is_flag=True, help="Look again until every job has settled.")
@format_option(Format.JSON, Format.MARKDOWN)
@pass_session
def status(session: Session, specs: Sequence[str], output: Format, *, watch: bool) -> int:
    r"""Show each spec: in sync or not, healthy or not, progress and model.

    \b
    ftops status                 every spec
    ftops status --watch         until every job has settled
    ftops status -o json         for a script
    """
    if watch and output is not Format.TEXT:
        raise click.UsageError("--watch draws text; for a script, ask again and again instead")
    if watch:
        return _watch(session, specs)
    found, targets = _look(session, specs)
    session.show(_status_text(found, targets, output))
    return Exit.FINE


def _look(
    session: Session, specs: Sequence[str]
) -> tuple[tuple[Standing, ...], tuple["TargetFacts", ...]]:
    from ftops.usecases.status import standings

    workplace = session.workplace
    prepared = workplace.prepare(workplace.request(specs))
    return standings(prepared), tuple(site.facts for site in prepared.sites.values())


def _status_text(
    found: Sequence[Standing], targets: Sequence["TargetFacts"], output: Format
) -> object:
    from ftops.render import as_json, markdown

    if output is Format.JSON:
        return as_json.status_json(found, targets)
    if output is Format.MARKDOWN:
        return markdown.status_markdown(found, targets)
    from ftops.render.terminal import status_view

    return status_view(found, targets)


def _watch(session: Session, specs: Sequence[str]) -> int:
    from rich.live import Live

    from ftops.render.terminal import status_view

    clock, poll = session.workplace.clock, session.workplace.wishes(wait=True).poll_seconds
    with Live(console=session.out, auto_refresh=False) as live:
        while True:
            found, targets = _look(session, specs)
            live.update(status_view(found, targets), refresh=True)
            if not any(one.status.health is Health.PROGRESSING for one in found):
                return Exit.FINE
            clock.sleep(poll)


@click.command(short_help="A job's log.")
@name_argument
@click.option("--follow", "-f", is_flag=True, help="Go on until the job has ended.")
@format_option(Format.JSON)
@pass_session
def logs(session: Session, name: str, output: Format, *, follow: bool) -> int:
    r"""Show the log of a spec's latest job, or of a job id.

    \b
    ftops logs support-bot           what happened so far
    ftops logs support-bot -f        until it has ended
    """
    from ftops.usecases.jobs import find_job

    workplace = session.workplace
    eyes = workplace.eyes(workplace.target_of(name))
    last = None
    with known_as(name, workplace):
        job = find_job(name, eyes)
    poll = workplace.wishes(wait=True).poll_seconds
    while True:
        for event in eyes.provider.events(job.id, last):
            session.show(_log_line(event, output))
            last = event.id
        if not follow or job.status.is_final:
            return Exit.FINE
        workplace.clock.sleep(poll)
        job = eyes.provider.job(job.id)


def _log_line(event: JobEvent, output: Format) -> str:
    if output is Format.JSON:
        from ftops.render.as_json import log_json

        return log_json(event)
    from ftops.render.log_line import log_line

    return log_line(event)


@click.command(short_help="A job's loss curves.")
@name_argument
@format_option(Format.JSON)
@pass_session
def metrics(session: Session, name: str, output: Format) -> int:
    r"""Draw the loss of a spec's latest job, or of a job id, in the terminal.

    \b
    ftops metrics support-bot
    ftops metrics support-bot -o json    every measured step
    """
    from ftops.core.measures import curves_of_events
    from ftops.render.plot import Series, loss_plot
    from ftops.usecases.jobs import find_job

    workplace = session.workplace
    eyes = workplace.eyes(workplace.target_of(name))
    with known_as(name, workplace):
        job = find_job(name, eyes)
    curves = curves_of_events(eyes.provider.events(job.id))
    measured = [Series(name=one.name, points=one.points) for one in curves]
    if not measured:
        raise JobNotFound(
            f"job {job.id} has measured nothing yet ({job.provider_status})",
            hint=f"`ftops logs {name} -f` shows when it does",
        )
    if output is Format.JSON:
        from ftops.render.as_json import metrics_json

        session.show(metrics_json(job.id, measured))
        return Exit.FINE
    width = min(100, session.out.width)
    session.show(f"{name}: job {job.id}, {job.provider_status}\n")
    session.show(loss_plot([one for one in measured if one.name in LOSSES], width, 16))
    for one in measured:
        step, value = one.points[-1]
        session.show(f"{one.name:32} {value:8.4f}  at step {step}")
    return Exit.FINE
