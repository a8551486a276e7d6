"""`ftops reconcile`: pull, plan, apply, commit and push, once or for ever."""

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Final

import click
from typing_extensions import override

from ftops.cli.exits import Exit
from ftops.cli.options import Format, specs_argument
from ftops.cli.session import Session, pass_session
from ftops.cli.trouble import answer_to
from ftops.errors import FtopsError

SHORT: Final = 9
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


class Interval(click.ParamType[float]):
    """A number of seconds, minutes or hours: `30s`, `5m`, `1h`."""

    name = "interval"

    @override
    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        found = re.fullmatch(r"(\d{1,6})([smh]?)", str(value).strip())
        if found is None or int(found[1]) < 1:
            self.fail(f"{value!r} is no interval, such as 30s, 5m or 1h", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


@dataclass(slots=True)
class Ending:
    """Whether somebody asked the loop to end."""

    asked: bool = False


@click.command(short_help="One GitOps round, or a loop: pull, plan, apply, commit, push.")
@specs_argument
@click.option("--interval", type=Interval(), metavar="5m", help="Go on for ever, so far apart.")
@click.option("--wait", is_flag=True, help="Wait for each job; without it, a later round records.")
@click.option("--push-to", metavar="BRANCH", help="Push the locks onto another branch.")
@pass_session
def reconcile(
    session: Session,
    specs: Sequence[str],
    interval: float | None,
    push_to: str | None,
    *,
    wait: bool,
) -> int:
    r"""Bring the checkout forward, apply without asking, commit the locks and push them.

    Launches what is needed, records what has finished, and never trains again what failed. With
    --interval a round that fails is told, and the next one tries again; SIGTERM ends the loop.

    \b
    ftops reconcile                  one round, for a schedule
    ftops reconcile --interval 5m    a loop, for a container
    """
    words = {"specs": tuple(specs), "no_wait": not wait, "push_to": push_to}
    ending = Ending()
    with _ended_by_sigterm(ending):
        code = _round(session, words)
        while interval is not None and not ending.asked and code != Exit.INTERRUPTED:
            session.say(f"next round in {interval:g} s")
            if not _slept(session, interval):
                code = Exit.INTERRUPTED
                break
            code = _round(session, words)
    return Exit.FINE if ending.asked and interval is not None else code


def _round(session: Session, words: dict[str, object]) -> int:
    """Run one round in a session of its own: specs and settings may have changed meanwhile."""
    try:
        with closing(replace(session)) as before:
            _pull(before)
        with closing(replace(session)) as now:
            return _apply(now, words)
    except (FtopsError, KeyboardInterrupt) as error:
        return answer_to(error, session)


def _pull(session: Session) -> None:
    from ftops.adapters.git.pulling import GitPull
    from ftops.adapters.own_folder.run_lock import ApplyLock

    workplace = session.workplace
    with ApplyLock(workplace.root, command="ftops reconcile", clock=workplace.clock):
        pulled = GitPull(workplace.root).forward()
    if pulled is not None:
        session.say(f"at {pulled[:SHORT]} now")


def _apply(session: Session, words: dict[str, object]) -> int:
    from ftops.cli.apply import apply

    with click.Context(apply, obj=session) as context:
        code = context.invoke(apply, **words, yes=True, push=True, output=Format.TEXT)
    return int(code)


def _slept(session: Session, seconds: float) -> bool:
    try:
        session.workplace.clock.sleep(seconds)
    except KeyboardInterrupt:
        return False
    return True


@contextmanager
def _ended_by_sigterm(ending: Ending) -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does: jobs go on at the provider, and nothing is half written."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not ending.asked:
            ending.asked = True
            raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)
