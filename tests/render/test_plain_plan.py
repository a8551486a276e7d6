"""Tests of a plan as plain lines: the very text that the view prints without colour."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from ftops.core.notes import TargetFacts
from ftops.core.plan import Plan
from ftops.render.plain_plan import plain_plan
from ftops.render.terminal import plan_view
from tests.render.samples import CHANGES, KEEP, LOCAL, MANY, OPENAI, PLAN, TRAIN

WIDTH = 160


def printed(plan: Plan, targets: tuple[TargetFacts, ...], width: int = WIDTH) -> str:
    """Return what a pipe gets of the view, to the last blank."""
    console = Console(file=StringIO(), width=width, no_color=True, highlight=False)
    console.print(plan_view(plan, targets, ()))
    written = console.file
    assert isinstance(written, StringIO)
    return written.getvalue().removesuffix("\n")


@pytest.mark.parametrize(
    ("plan", "targets"),
    [
        pytest.param(PLAN, (OPENAI,), id="every kind of change and a note"),
        pytest.param(PLAN, (OPENAI, LOCAL), id="two targets"),
        pytest.param(Plan(changes=(KEEP,)), (OPENAI,), id="nothing to do"),
        pytest.param(Plan(changes=()), (OPENAI,), id="nothing at all"),
        pytest.param(Plan(changes=MANY), (OPENAI,), id="nothing to do, many times"),
        pytest.param(Plan(changes=(*MANY, TRAIN)), (OPENAI,), id="one change among many specs"),
        pytest.param(
            Plan(changes=(KEEP,), notes=("escape \x1b[31m and\nline",)), (OPENAI,), id="a trick"
        ),
        pytest.param(
            Plan(changes=(TRAIN,)), (replace(OPENAI, where="https://ü.example/→"),), id="letters"
        ),
    ],
)
def test_plain_lines_are_what_the_view_prints(plan: Plan, targets: tuple[TargetFacts, ...]) -> None:
    assert plain_plan(plan, targets, WIDTH) == printed(plan, targets)


@pytest.mark.parametrize(
    ("note", "width"),
    [
        pytest.param("word " * 40, WIDTH, id="a line that wraps"),
        pytest.param("漢字", WIDTH, id="letters two columns wide"),
        pytest.param("e\N{COMBINING ACUTE ACCENT}", WIDTH, id="a letter of two characters"),
        pytest.param("short", 20, id="a table wider than the paper"),
    ],
)
def test_what_only_the_view_can_lay_out_is_left_to_it(note: str, width: int) -> None:
    assert plain_plan(Plan(changes=CHANGES, notes=(note,)), (OPENAI,), width) is None
