"""`ftops doctor`: is everything there that ftops needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, format_option
from ftops.cli.session import Session, pass_session
from ftops.core.checkup import Check
from ftops.errors import DeclarationError, FtopsError

if TYPE_CHECKING:
    from ftops.usecases.plan import Site
    from ftops.wiring.workplace import Workplace

READABLE_BY_OTHERS = 0o077
LARGEST_SKEW = 30.0


@click.command(short_help="Check keys, target, clock, git and shutdown dates.")
@format_option(Format.JSON)
@pass_session
def doctor(session: Session, output: Format) -> int:
    r"""Check keys, target, clock, git and shutdown dates; each line is ok, or has a hint.

    \b
    ftops doctor
    ftops doctor -o json
    """
    checks = tuple(examine(session.workplace))
    if output is Format.JSON:
        from ftops.render.as_json import checks_json

        session.show(checks_json(checks))
    else:
        from ftops.render.terminal import doctor_view

        session.show(doctor_view(checks))
    failed = any(check.ok is False for check in checks)
    return Exit.EXPECTED_FAILURE if failed else Exit.FINE


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing to look at; `look` returns what is well, or raises FtopsError."""

    name: str
    look: Callable[[], str]


def examine(workplace: "Workplace") -> Iterator[Check]:
    """Yield one check after the other; a failing one never stops the rest."""
    for one in (
        Examination("specs", lambda: _specs(workplace)),
        Examination("git", lambda: _git(workplace)),
        Examination("secrets", lambda: _secrets(workplace)),
        *([Examination("ledger", lambda: _ledger(workplace))] if workplace.sharing else []),
        *_audit_log(workplace),
    ):
        yield _check(one)
    try:
        # Without any spec, the target that one would get is looked at.
        sites = list(workplace.sites.values()) or [workplace.site(workplace.choose_default())]
    except FtopsError as error:
        yield Check(name="target", ok=False, detail=error.message, hint=error.hint)
        return
    for site in sites:
        yield from _examine_target(workplace, site)


def _check(one: Examination) -> Check:
    try:
        return Check(name=one.name, ok=True, detail=one.look(), hint=None)
    except DeclarationError as error:
        hint = "`ftops validate` tells every finding"
        return Check(name=one.name, ok=False, detail=error.message, hint=error.hint or hint)
    except FtopsError as error:
        return Check(name=one.name, ok=False, detail=error.message, hint=error.hint)


def _specs(workplace: "Workplace") -> str:
    count = len(workplace.declared)
    if not count:
        raise FtopsError(
            "no spec is declared", hint="`ftops new NAME --model M --train F` writes one"
        )
    return f"{count} declared in {workplace.root}"


def _git(workplace: "Workplace") -> str:
    head = workplace.history.head()
    if head is None:
        raise FtopsError(
            "the project is in no git repository with a commit",
            hint="git init && git add . && git commit: locks belong into git",
        )
    return f"at commit {head[:12]}"


def _secrets(workplace: "Workplace") -> str:
    env_file = workplace.root / ".env"
    if not env_file.is_file():
        return "no .env"
    if workplace.history.is_tracked(".env"):
        raise FtopsError(
            ".env is committed to git",
            hint="git rm --cached .env, put it into .gitignore, and renew the keys in it",
        )
    if env_file.stat().st_mode & READABLE_BY_OTHERS:
        raise FtopsError(".env can be read by other users", hint="chmod 600 .env")
    return ".env is yours alone and not in git"


def _ledger(workplace: "Workplace") -> str:
    sharing = workplace.sharing
    if sharing is None:
        return "machines take no turns here"
    page = sharing.try_to_write()
    return f"{sharing.lease.ref} of {sharing.lease.remote} takes entries; it has {page.entries}"


def _audit_log(workplace: "Workplace") -> Iterator[Examination]:
    from ftops.adapters.own_folder.folder import OWN_FOLDER
    from ftops.adapters.serve_store.audit_file import NAME, prove_chain

    path = workplace.root / OWN_FOLDER / NAME

    def prove() -> str:
        lines, seal = prove_chain(path)
        return f"{lines:,} lines in one chain, which ends with {seal[:12]}"

    if path.is_file():
        yield Examination("audit log", prove)


def _examine_target(workplace: "Workplace", site: "Site") -> Iterator[Check]:
    from ftops.core.lifecycle import closing_note, describe, shutdown_of
    from ftops.core.observed import Observed
    from ftops.usecases.look import observe

    facts = site.facts
    name = f"target {facts.target}"
    try:
        settle = workplace.request(()).settle_seconds
        seen = observe(site.eyes, site.eyes.locks.read(), settle)
    except FtopsError as error:
        yield Check(name=name, ok=False, detail=error.message, hint=error.hint)
        return
    found = f"{facts.where} answers: {len(seen.models)} models, {len(seen.jobs)} of our jobs"
    yield Check(name=name, ok=True, detail=found, hint=None)
    yield _clock(workplace, site)
    if facts.is_openai:
        yield Check(name="calendar", ok=None, detail=closing_note(seen.at.date()), hint=None)
    bases = sorted(
        {
            one.spec.model
            for one in workplace.declared
            if isinstance(one.spec.model, str) and workplace.choices[one.name].name == facts.target
        }
    )
    if facts.stands_in is not None:
        return
    for base in bases:
        shutdown = shutdown_of(
            base, Observed(at=seen.at, models=seen.models), use_table=facts.is_openai
        )
        if shutdown is not None:
            yield Check(
                name="calendar",
                ok=shutdown.days_left(seen.at.date()) >= 0,
                detail=describe(shutdown, seen.at.date()),
                hint="choose another base, or another target that still trains it",
            )


def _clock(workplace: "Workplace", site: "Site") -> Check:
    told = workplace.provider(site.facts.target).server_time()
    if told is None:
        return Check(name="clock", ok=None, detail="the target does not tell its time", hint=None)
    skew = (workplace.clock.now() - told).total_seconds()
    if abs(skew) > LARGEST_SKEW:
        hint = "set this machine's clock: waiting times are measured with it"
        return Check(name="clock", ok=False, detail=f"{skew:+.0f} s off the target's", hint=hint)
    return Check(name="clock", ok=True, detail=f"{skew:+.0f} s off the target's", hint=None)
