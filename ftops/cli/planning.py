"""What `plan` and `apply` share: make the plan, compare the data, show it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ftops.cli.options import Format
from ftops.cli.session import PAPER_WIDTH, Session
from ftops.errors import FtopsError, SpecError
from ftops.usecases.plan import Prepared, findings_in

if TYPE_CHECKING:
    from ftops.core.notes import TargetFacts
    from ftops.dataset.changes.data_change import DataChanges

NO_SPECS = "no spec is declared under specs/"
NO_SPECS_HINT = "`ftops new NAME --model M --train F` writes one"


def names_in(value: object) -> tuple[str, ...]:
    """Return the names that an option was given, each of its times."""
    return tuple(str(name) for name in value) if isinstance(value, tuple) else ()


def prepare_plan(session: Session, specs: Sequence[str], retry: Sequence[str]) -> Prepared:
    """Make the plan; FtopsError if there is nothing to plan for."""
    workplace = session.workplace
    with session.showing_reading():
        try:
            prepared = workplace.prepare(workplace.request(specs, retry))
        except SpecError as error:
            data = findings_in(workplace.declared_so_far(specs), workplace.guarded)
            raise SpecError([*error.problems, *data], hint=error.hint) from error
    if not prepared.plan.changes:
        raise FtopsError(NO_SPECS, hint=NO_SPECS_HINT)
    return prepared


def compared(session: Session, prepared: Prepared, most_told: int) -> "DataChanges":
    """Return what became of the data since it was trained on; a plan to do nothing asks not."""
    if prepared.plan.is_empty:
        return {}
    from ftops.wiring.comparing import comparing

    return comparing(session.workplace, most_told).changes(prepared)


def plan_text(prepared: Prepared, changes: "DataChanges", output: Format) -> str:
    """Return the plan for a script or a pull request."""
    from ftops.render import as_json, markdown

    write = as_json.plan_json if output is Format.JSON else markdown.plan_markdown
    return write(prepared.plan, _targets(prepared), prepared.warnings, changes)


def _targets(prepared: Prepared) -> tuple["TargetFacts", ...]:
    return tuple(site.facts for site in prepared.sites.values())


def show_plan(
    session: Session,
    prepared: Prepared,
    changes: "DataChanges",
    output: Format,
    *,
    talk: bool = False,
) -> None:
    """Show the plan as a result, or as talk beside another one."""
    if output is not Format.TEXT:
        session.show(plan_text(prepared, changes, output))
        return
    if not (talk or changes or prepared.warnings) and session.is_paper:
        from ftops.render.plain_plan import plain_plan

        plain = plain_plan(prepared.plan, _targets(prepared), PAPER_WIDTH)
        if plain is not None:
            session.show(plain)
            return
    from ftops.render.terminal import plan_view

    view = plan_view(prepared.plan, _targets(prepared), prepared.warnings, changes)
    if not talk:
        session.show(view)
    elif not session.quiet:
        session.err.print(view)
