"""`ftops cancel`, `ftops pause` and `ftops resume`."""

from collections.abc import Callable

import click

from ftops.cli.exits import Exit
from ftops.cli.naming import known_as
from ftops.cli.options import name_argument
from ftops.cli.session import Session, pass_session
from ftops.core.names import JobId
from ftops.core.observed import ObservedJob
from ftops.ports import JobControl


@click.command(short_help="Cancel a spec's running job.")
@name_argument
@pass_session
def cancel(session: Session, name: str) -> int:
    r"""Cancel a spec's running job, or a job id. The spec is then held until `--retry`.

    \b
    ftops cancel support-bot
    """
    return _act(session, name, lambda control, job_id: control.cancel(job_id))


@click.command(short_help="Pause a spec's running job.")
@name_argument
@pass_session
def pause(session: Session, name: str) -> int:
    r"""Pause a spec's running job, or a job id; `ftops resume` goes on from the same step.

    \b
    ftops pause support-bot
    """
    return _act(session, name, lambda control, job_id: control.pause(job_id))


@click.command(short_help="Let a paused job go on.")
@name_argument
@pass_session
def resume(session: Session, name: str) -> int:
    r"""Let a spec's paused job, or a job id, go on.

    \b
    ftops resume support-bot
    """
    return _act(session, name, lambda control, job_id: control.resume(job_id))


def _act(session: Session, name: str, verb: Callable[[JobControl, JobId], ObservedJob]) -> int:
    from ftops.usecases.jobs import act_on

    workplace = session.workplace
    target = workplace.target_of(name)
    with known_as(name, workplace):
        job = act_on(name, workplace.eyes(target), verb, workplace.provider(target))
    session.show(f"{job.id}: {job.provider_status}")
    if not job.status.is_final:
        session.say("asked; `ftops status` shows when it obeys")
    return Exit.FINE
