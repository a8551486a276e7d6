"""`ftops apply`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, complete_spec, format_option, specs_argument
from ftops.cli.planning import compared, names_in, prepare_plan, show_plan
from ftops.cli.publishing import publishing_of, publishing_options
from ftops.cli.saved_plan import read_digest
from ftops.cli.session import Session, pass_session
from ftops.cli.talk import reporter_for
from ftops.core.limits import check_expected, check_limits
from ftops.core.outcome import Outcome, Started, is_fine
from ftops.core.plan import Hold, Keep, Plan, rivals_to
from ftops.errors import FtopsError, PlanRefused
from ftops.usecases.follow import Wishes
from ftops.usecases.plan import Prepared
from ftops.wiring.targets import LazyProvider


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What stands for a person's yes."""

    yes: bool
    expected: str | None


@click.command(short_help="Train what is needed and record the models.")
@specs_argument
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--no-wait", is_flag=True, help="Launch and leave; a later apply records the models.")
@click.option("--expect", metavar="DIGEST", help="Refuse unless the plan is the reviewed one.")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The same, with the digest of a saved plan.",
)
@click.option(
    "--retry",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_spec,
    help="Train NAME again although its job failed or its model vanished.",
)
@click.option(
    "--lock-timeout",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait so long for another apply in this checkout; without it, refuse at once.",
)
@publishing_options
@format_option(Format.JSON, Format.MARKDOWN)
@pass_session
def apply(session: Session, /, specs: Sequence[str], output: Format, **options: object) -> int:
    r"""Train what is needed and record the models.

    Shows the plan and asks first. Interrupting is safe: jobs go on at the provider, and the next
    apply picks them up.

    \b
    ftops apply                          every spec, after a yes
    ftops apply support-bot --yes        one spec, for a script
    ftops apply --expect 3f2a91c0        only the plan that was reviewed
    ftops apply --retry support-bot      train again what failed
    ftops apply --yes --no-wait --push   in a pipeline: launch, record, commit, push
    """
    from ftops.adapters.own_folder.run_lock import ApplyLock, Queue

    workplace = session.workplace
    plan_file, expected = options["plan_file"], options["expect"]
    if isinstance(plan_file, Path):
        expected = read_digest(plan_file)
    wishes = workplace.wishes(wait=not options["no_wait"])
    publishing = publishing_of(session, options)
    turn = ApplyLock(
        workplace.root,
        command="ftops apply",
        clock=workplace.clock,
        queue=Queue(seconds=_seconds(options["lock_timeout"]), tell=session.say),
    )
    with turn:
        workplace.sweep()
        prepared = prepare_plan(session, specs, names_in(options["retry"]))
        if isinstance(expected, str):
            check_expected(prepared.plan, expected)
        changes = compared(session, prepared, 0)
        show_plan(session, prepared, changes, Format.TEXT, talk=output is not Format.TEXT)
        check_limits(prepared.plan, workplace.project.limits)
        consent = Consent(yes=bool(options["yes"]), expected=str(expected) if expected else None)
        if publishing is not None:
            publishing.prove()
        if _has_work(prepared.plan):
            _ask(prepared, consent)
        outcomes = _carry_out(session, prepared.plan, output, wishes)
        _show_outcomes(session, outcomes, output)
        if publishing is not None:
            publishing.publish(prepared.plan)
    if workplace.clock.stopped:
        _tell_what_goes_on(outcomes)
        return Exit.INTERRUPTED
    return Exit.FINE if all(map(is_fine, outcomes)) else Exit.EXPECTED_FAILURE


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _has_work(plan: Plan) -> bool:
    return any(not isinstance(change, Keep | Hold) or rivals_to(change) for change in plan.changes)


def _ask(prepared: Prepared, consent: Consent) -> None:
    """Ask for a yes, unless one was given; a reviewed plan is one."""
    if prepared.plan.trains:
        # What acting needs is imported while a person reads.
        Thread(target=LazyProvider.warm).start()
    if consent.yes or consent.expected is not None:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise FtopsError(
            "nobody is there to say yes",
            hint=f"pass --yes, or --expect {prepared.plan.digest[:16]} for exactly this plan",
        )
    if not click.confirm("Apply this plan?", err=True):
        raise PlanRefused("not applied", hint="nothing was changed; `ftops plan` shows it again")


def _carry_out(session: Session, plan: Plan, output: Format, wishes: Wishes) -> tuple[Outcome, ...]:
    from ftops.usecases.apply import apply as carry_out

    workplace = session.workplace
    commit = workplace.history.head() if plan.trains else None
    if plan.trains:
        from ftops.wiring.comparing import comparing

        comparing(workplace, 0).keep(plan)
    with reporter_for(session, output) as reporter:
        return carry_out(plan, workplace.hands(reporter, commit), wishes)


def _show_outcomes(session: Session, outcomes: Sequence[Outcome], output: Format) -> None:
    if output is Format.TEXT:
        from ftops.render.terminal import outcomes_view

        session.show(outcomes_view(outcomes))
        return
    from ftops.render import as_json, markdown

    write = as_json.outcomes_json if output is Format.JSON else markdown.outcomes_markdown
    session.show(write(outcomes))


def _tell_what_goes_on(outcomes: Sequence[Outcome]) -> None:
    running = [outcome for outcome in outcomes if isinstance(outcome, Started)]
    if not running:
        click.echo("interrupted; no job was left running", err=True)
        return
    jobs = ", ".join(outcome.job for outcome in running)
    click.echo(f"interrupted; going on at the provider: {jobs}", err=True)
    click.echo("hint: `ftops apply` picks them up, `ftops cancel NAME` ends one", err=True)
