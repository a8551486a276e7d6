"""`ftops validate` and `ftops schema`."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, format_option, specs_argument
from ftops.cli.remarks import REMARKS, remark
from ftops.cli.session import Session, pass_session
from ftops.cli.trouble import EVERY_HINT
from ftops.cli.validate_rest import with_data_of_the_rest
from ftops.core.cost import Tariff
from ftops.core.desired import Declared, Desired
from ftops.core.names import SpecName
from ftops.errors import DatasetError, DeclarationError, FtopsError, Problem, SpecError, TargetError
from ftops.usecases.plan import narrow, pin_all
from ftops.usecases.privacy import GuardedData
from ftops.wiring.targets import OPENAI

if TYPE_CHECKING:
    from ftops.adapters.dataset_files.checks import Tokens
    from ftops.dataset.quality.figures import Quality


@click.command(short_help="Check specs and datasets, without the network.")
@specs_argument
@click.option(
    "--only",
    type=click.Choice(["structure", "tokens", "quality", "privacy"]),
    help="structure: is everything legal; tokens: counts and cost; quality: what is unwise; "
    "privacy: personal data and secrets.",
)
@click.option("--exact", is_flag=True, help="Count every token of files over 64 MB too.")
@click.option("--all", "every", is_flag=True, help="Tell every finding, not a few of each code.")
@format_option(Format.JSON, Format.MARKDOWN, Format.SARIF, Format.GITHUB)
@pass_session
def validate(
    session: Session, /, specs: Sequence[str], only: str | None, output: Format, **how: bool
) -> int:
    r"""Check specs and datasets and tell every finding at once. Never uses the network.

    \b
    ftops validate                    everything
    ftops validate support-bot        one spec and what it goes on from
    ftops validate --all              every finding, not a few of each code
    ftops validate -o json            for a script or an editor
    ftops validate -o sarif           for code scanning
    ftops validate -o github          in a workflow, as remarks beside the lines
    ftops validate --only quality     copies, leaks, conflicts: what is legal but unwise
    ftops validate --only privacy     personal data and secrets, and what is not looked for
    """
    try:
        if only == "privacy":
            from ftops.cli.validate_privacy import validate_privacy

            declared = _declared(session, specs)
            return validate_privacy(session, declared, output, every=how["every"])
        with session.showing_reading():
            found = _look(session, specs, only, _closeness(only, exact=how["exact"]))
    except DeclarationError as error:
        if output is Format.TEXT and not how["every"]:
            raise
        read = _declared(session, specs) if isinstance(error, DatasetError) else ()
        _refuse(session, error, output, _unchecked(read, only))
        return Exit.EXPECTED_FAILURE
    if output is Format.TEXT:
        _show(session, found, only, every=how["every"])
    else:
        _write(session, found, output)
    return Exit.FINE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What there is to say of the chosen specs."""

    problems: tuple[Problem, ...]
    desired: tuple[Desired, ...] = ()
    quality: Mapping[SpecName, "Quality"] = field(default_factory=dict)
    are_tokens_known: bool = True
    unchecked: tuple[str, ...] | None = None


def _look(session: Session, specs: Sequence[str], only: str | None, tokens: "Tokens") -> _Found:
    """Look at all that was asked for; quality is `validate`'s alone, so that plans stay quick."""
    try:
        declared = _declared(session, specs)
    except SpecError as error:
        raise with_data_of_the_rest(session, error, specs, only, tokens) from error
    desired: tuple[Desired, ...] = ()
    problems: tuple[Problem, ...] = ()
    quality: Mapping[SpecName, Quality] = {}
    refused: DatasetError | None = None
    if only != "quality":
        try:
            desired, problems = _pin(session, declared, tokens, is_guarded=only is None)
        except DatasetError as error:
            refused = error
    if only in {None, "quality"}:
        quality, unwise = _assess(session, declared, refused)
        problems += unwise
    if refused is not None:
        raise DatasetError([*refused.problems, *problems], hint=refused.hint)
    return _Found(
        problems=problems,
        desired=desired,
        quality=quality,
        are_tokens_known=tokens != "uncounted",
        unchecked=_unchecked(declared, only),
    )


def _assess(
    session: Session, declared: Sequence[Declared], refused: DatasetError | None
) -> tuple[Mapping[SpecName, "Quality"], tuple[Problem, ...]]:
    """Return figures and warnings of what is legal; data that is not there is told once."""
    from ftops.usecases.quality import assess_all

    try:
        return assess_all(declared, session.workplace.quality)
    except DatasetError as error:
        if refused is None:
            raise
        told = {one.message for one in refused.problems}
        return {}, tuple(one for one in error.problems if one.message not in told)


def _unchecked(declared: Sequence[Declared], only: str | None) -> tuple[str, ...] | None:
    """Return what nobody looked for, if personal data was looked for at all."""
    from ftops.dataset.privacy.scanned import unchecked_by

    models = [one.spec.privacy.presidio for one in declared]
    return unchecked_by(models) if only is None else None


def _refuse(
    session: Session, error: DeclarationError, output: Format, unchecked: tuple[str, ...] | None
) -> None:
    if output is not Format.TEXT:
        _write(session, _Found(problems=error.problems, unchecked=unchecked), output)
        return
    from ftops.render.terminal import problems_view

    session.err.print(problems_view(error.problems, every=True))
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)


def _show(session: Session, found: _Found, only: str | None, *, every: bool) -> None:
    from ftops.render.terminal import not_checked_view, problems_view, quality_view, valid_view

    if found.problems and only != "tokens":
        session.err.print(problems_view(found.problems, every=every, more=EVERY_HINT))
    if only != "quality":
        session.show(valid_view(found.desired, with_tokens=only != "structure"))
    if found.quality:
        session.show(quality_view(found.quality))
    if found.unchecked is not None:
        session.show(not_checked_view(found.unchecked))


def _write(session: Session, found: _Found, output: Format) -> None:
    if output in REMARKS:
        remark(session, found.problems, output)
    else:
        session.show(_text(found, output))


def _text(found: _Found, output: Format) -> str:
    from ftops.render import as_json, markdown

    if output is Format.MARKDOWN:
        return markdown.problems_markdown(found.problems, found.quality, unchecked=found.unchecked)
    if found.quality and not found.desired:
        return as_json.quality_json(found.problems, found.quality)
    return as_json.validation_json(
        found.problems,
        found.desired,
        found.quality,
        with_tokens=found.are_tokens_known,
        unchecked=found.unchecked,
    )


def _closeness(only: str | None, *, exact: bool) -> "Tokens":
    if exact:
        return "counted"
    return "uncounted" if only == "structure" else "sampled"


def _declared(session: Session, names: Sequence[str]) -> tuple[Declared, ...]:
    workplace = session.workplace
    declared = narrow(workplace.declared, workplace.request(names).names)
    if not declared:
        raise FtopsError(
            "no spec is declared under specs/",
            hint="`ftops new NAME --model M --train F` writes one",
        )
    return declared


def _pin(
    session: Session, declared: Sequence[Declared], tokens: "Tokens", *, is_guarded: bool
) -> tuple[tuple[Desired, ...], tuple[Problem, ...]]:
    workplace = session.workplace
    project = workplace.project
    try:
        tariffs = {
            name: (choice.name, workplace.site(choice).tariff)
            for name, choice in workplace.choices.items()
        }
    except TargetError:
        # Whether files are right does not depend on where they will train.
        tariff = Tariff(overrides=project.prices, hourly=project.hourly_prices)
        tariffs = {one.name: (OPENAI, tariff) for one in workplace.declared}
    with closing(workplace.open_datasets(tokens)) as datasets:
        guarded = GuardedData(datasets, workplace.privacy) if is_guarded else datasets
        return pin_all(declared, guarded, tariffs)


@click.command(short_help="Print the JSON Schema of a spec or of ftops.yaml.")
@click.argument("what", type=click.Choice(["spec", "project"]), default="spec")
def schema(what: str) -> int:
    r"""Print the JSON Schema (draft 7) of a spec, or of ftops.yaml.

    \b
    ftops schema > ftops.schema.json
    Then, as the first line of a spec:
    # yaml-language-server: $schema=../ftops.schema.json
    """
    from ftops.adapters.spec_files.schema import json_schema

    found = json_schema("spec" if what == "spec" else "project")
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return Exit.FINE
