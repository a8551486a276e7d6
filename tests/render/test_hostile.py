"""Nothing that comes from elsewhere may steer a terminal, whichever view shows it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from io import StringIO
from typing import Final

import pytest
from rich.console import Console

from ftops.core.checkup import Check
from ftops.core.names import JobId, ModelId, SpecName, TargetName
from ftops.core.observed import JobFailure
from ftops.core.outcome import Failed, Settled
from ftops.core.plan import Plan
from ftops.core.progress import Ended, Following, JobLine, JobSeen, Waiting
from ftops.core.status import Standing
from ftops.errors import Problem
from ftops.render.as_json import log_json, outcomes_json, plan_json, validation_json
from ftops.render.log_line import log_line
from ftops.render.markdown import (
    outcomes_markdown,
    plan_markdown,
    problems_markdown,
    status_markdown,
)
from ftops.render.plot import Series, loss_plot
from ftops.render.progress import LiveProgress, PlainProgress
from ftops.render.terminal import (
    doctor_view,
    history_view,
    outcomes_view,
    plan_view,
    problems_view,
    status_view,
)
from tests.fakes.specs import desired, lock
from tests.render.paper import printed
from tests.render.samples import (
    AWAIT,
    CHAPTERS,
    HOLD,
    OPENAI,
    RECORD,
    STANDINGS,
    TRAIN,
    event,
    step,
)

HOSTILE: Final[Mapping[str, str]] = {
    "colour": "x\x1b[31mX",
    "clear the screen": "x\x1b[2J\x1b[HX",
    "a title": "x\x1b]0;pwned\x07X",
    "a bell and a return": "x\x07\rX",
    "eight-bit controls": "x\x9b31mX",
    "backwards": "x\u202eX\u2066",
    "line ends": "x\nX\u2028X\x0b",
    "half a character": "x\ud800X",
    "rich markup": "x[red]X[/red][link=http://e]X",
    "a broken tag": "x[/]X",
}

FORBIDDEN: Final = "\x1b\x07\x08\r\x0b\x9b\u202e\u2066\u2028\ud800"


def _views(text: str) -> Mapping[str, Callable[[], str]]:
    job = replace(
        AWAIT.job,
        id=JobId(text),
        provider_status=text,
        fine_tuned_model=ModelId(text),
        failure=JobFailure(code=text, message=text),
    )
    named = replace(OPENAI, target=TargetName(text), why=text, where=text)
    labelled = desired("tone", metadata={"a": "b"})
    plan = Plan(
        changes=(
            replace(AWAIT, job=job),
            replace(RECORD, job=job),
            replace(HOLD, job=job),
            replace(TRAIN, differences=(replace(TRAIN.differences[1], field=text, old=text),)),
        ),
        notes=(text,),
    )
    problem = Problem(message=text, path=text, line=1, column=2, excerpt=text, code=text, hint=text)
    outcomes = (
        Failed(change=TRAIN, message=text, hint=text),
        Settled(change=TRAIN, lock=lock(labelled, model=text)),
    )
    status = replace(STANDINGS[5].status, model=ModelId(text), job=job)
    standing = Standing(status=status, target=TargetName(text))
    version = replace(CHAPTERS[1].version, author=text, subject=text)
    chapter = replace(CHAPTERS[1], version=version, lock=lock(labelled, model=text))
    check = Check(name=text, ok=False, detail=text, hint=text)
    return {
        "plan": lambda: printed(plan_view(plan, [named, OPENAI], [problem])),
        "outcomes": lambda: printed(outcomes_view(outcomes)),
        "status": lambda: printed(status_view([standing], [named])),
        "problems": lambda: printed(problems_view([problem])),
        "history": lambda: printed(history_view([chapter])),
        "doctor": lambda: printed(doctor_view([check])),
        "log line": lambda: log_line(event(text)),
        "plot": lambda: loss_plot([Series(name=text, points=((1, 1.0), (2, 0.5)))]),
        "plain progress": lambda: _plain(text),
        "live progress": lambda: _live(text),
        "plan as JSON": lambda: plan_json(plan, [named], [problem]),
        "outcomes as JSON": lambda: outcomes_json(outcomes),
        "problems as JSON": lambda: validation_json([problem], []),
        "log as JSON": lambda: log_json(event(text)),
        "plan as Markdown": lambda: plan_markdown(plan, [named], [problem]),
        "outcomes as Markdown": lambda: outcomes_markdown(outcomes),
        "status as Markdown": lambda: status_markdown([standing], [named]),
        "problems as Markdown": lambda: problems_markdown([problem]),
    }


def _events(text: str) -> tuple[Following | JobLine | JobSeen | Waiting | Ended, ...]:
    name, job = SpecName(text), JobId(text)
    return (
        Following(spec=name, job=job, adopted=True),
        Waiting(spec=name, why=text, seconds=1),
        JobSeen(spec=name, job=job, provider_status=text),
        JobLine(spec=name, job=job, event=event(text)),
        JobLine(spec=name, job=job, event=step(1)),
        Ended(spec=SpecName("other"), kind="failed", detail=text),
    )


def _plain(text: str) -> str:
    lines: list[str] = []
    progress = PlainProgress(lines.append)
    for each in _events(text):
        progress.tell(each)
    assert all("\n" not in line for line in lines)
    return "\n".join(lines)


def _live(text: str) -> str:
    """Return what was written above, without the console's own cursor movements."""
    file = StringIO()
    with LiveProgress(Console(file=file, width=100, force_terminal=False)) as progress:
        for each in _events(text):
            progress.tell(each)
    return file.getvalue()


@pytest.mark.parametrize("trick", HOSTILE)
@pytest.mark.parametrize("view", _views("x"))
def test_no_text_steers_a_terminal(view: str, trick: str) -> None:
    shown = _views(HOSTILE[trick])[view]()
    assert not set(shown) & set(FORBIDDEN)
    assert shown.encode()
    assert "X" in shown


@pytest.mark.parametrize(
    "view", [name for name in _views("x") if "Markdown" not in name and "JSON" not in name]
)
def test_markup_is_shown_as_it_is(view: str) -> None:
    assert "[red]X[/red]" in _views("[red]X[/red]")[view]()
