"""Where apply's progress goes: moving lines in a terminal, plain or JSON lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ftops.cli.options import Format
from ftops.cli.session import Session
from ftops.core.progress import Progress, Unwritten

if TYPE_CHECKING:
    from ftops.ports import Reporter

STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""GitHub's variable: the file whose text the page of a run shows."""


@contextmanager
def reporter_for(session: Session, output: Format) -> "Iterator[Reporter]":
    """Yield where progress is told; what endangers a record is told to the pipeline's page too."""
    from ftops.render import progress

    summary = session.environment.get(STEP_SUMMARY)
    if session.quiet:
        yield _Alarmed(progress.Silence(_write), summary)
    elif output is Format.JSON:
        yield _Alarmed(progress.JsonProgress(_write), summary)
    elif session.err.is_terminal and not session.is_plain:
        with progress.LiveProgress(session.err) as live:
            yield _Alarmed(live, summary)
    else:
        yield _Alarmed(progress.PlainProgress(_write), summary)


def _write(line: str) -> None:
    # Whoever read the talk may leave, and a disk that it goes to may be full; the work goes on.
    with suppress(OSError):
        click.echo(line, err=True)


@dataclass(frozen=True, slots=True)
class _Alarmed:
    """Passes everything on; an id that may get lost goes into the summary as well."""

    reporter: "Reporter"
    summary: str | None

    def tell(self, event: Progress) -> None:
        """Pass the event on."""
        self.reporter.tell(event)
        if isinstance(event, Unwritten) and self.summary:
            with suppress(OSError), Path(self.summary).open("a", encoding="utf-8") as page:
                page.write(_summary_line(event))


def _summary_line(event: Unwritten) -> str:
    from ftops.render.markdown import unwritten_markdown

    return unwritten_markdown(event)
