"""One dataset with something of everything, as values."""

from dataclasses import replace
from typing import Final

from ftops.core.names import SpecName
from ftops.core.privacy import Kind
from ftops.dataset.check import Checked
from ftops.dataset.privacy.scanned import Scanned
from ftops.dataset.quality.figures import (
    Bar,
    Group,
    Leaks,
    Place,
    Quality,
    QualityFigures,
    RoleTokens,
    Share,
    Spread,
)
from ftops.dataset.report import DataReport
from ftops.errors import Problem

TRAIN: Final = "datasets/triage.jsonl"


def _places(*lines: int) -> tuple[Place, ...]:
    return tuple(Place(file=TRAIN, line=line) for line in lines)


FIGURES: Final = QualityFigures(
    rows=60,
    legal_rows=60,
    illegal_rows=0,
    repeated_rows=2,
    repeats=(Group(rows=3, places=_places(4, 9, 31)),),
    near_copied_rows=1,
    near_copies=(Group(rows=2, places=_places(7, 8)),),
    conflicting_prompts=1,
    tokens_exact=False,
    tokens=Spread(least=12, quarter=20, median=24, three_quarters=31, most=90),
    answer_tokens=Spread(least=4, quarter=9, median=11, three_quarters=14, most=60),
    turns=Spread(least=1, quarter=1, median=1, three_quarters=1, most=1),
    histogram=(Bar(start=10, end=20, rows=15), Bar(start=20, end=None, rows=45)),
    roles=(
        RoleTokens(role="assistant", messages=60, tokens=700),
        RoleTokens(role="user", messages=60, tokens=600),
        RoleTokens(role="system", messages=58, tokens=200),
    ),
    system_prompts=(Share(name="Answer kindly.", rows=58),),
    rows_without_system=2,
    labels=(),
    languages=(Share(name="English", rows=40), Share(name="German", rows=2)),
    refusals=1,
    boilerplate=(Share(name="is there anything else?", rows=30),),
)
HELD_OUT: Final = replace(
    FIGURES,
    rows=10,
    legal_rows=10,
    repeated_rows=0,
    repeats=(),
    near_copied_rows=0,
    near_copies=(),
    conflicting_prompts=0,
    histogram=(Bar(start=10, end=20, rows=10),),
    rows_without_system=0,
    boilerplate=(),
)
QUALITY: Final = Quality(
    training=FIGURES,
    validation=HELD_OUT,
    leaks=Leaks(rows=10, leaked_rows=1, nearly_leaked_rows=2),
    findings=(),
)
SAMPLED: Final = replace(
    QUALITY,
    training=replace(FIGURES, legal_rows=9000, illegal_rows=1),
    validation=None,
    leaks=None,
)
ASSESSED: Final = {SpecName("triage"): QUALITY, SpecName("tone"): SAMPLED}

PROBLEM: Final = Problem(
    message="2 repeats of other rows: lines 4, 9 and 31.",
    path=TRAIN,
    line=9,
    code="FT201",
    is_warning=True,
    hint="Keep one of each; what stands there twice is learned twice as hard.",
)
CHECKED: Final = Checked(
    digest="0f916789d300a986c41cdb23c248926aaec1f73a9bbae0a7efae074f16480baf",
    size=8192,
    examples=60,
    tokens=1500,
    longest_tokens=90,
    trained_messages=60,
    examples_cut=0,
    errors=0,
    findings=(),
    findings_omitted=0,
)
REPORT: Final = DataReport(
    files=(TRAIN,),
    validation=("datasets/triage.valid.jsonl",),
    method="supervised",
    checked=CHECKED,
    quality=QUALITY,
    privacy=Scanned(rows=70, counts={Kind.EMAIL: 2}, findings=()),
    problems=(PROBLEM,),
)
FINE: Final = replace(
    REPORT,
    validation=(),
    quality=replace(QUALITY, validation=None, leaks=None),
    privacy=Scanned(rows=60, counts={}, findings=()),
    problems=(),
)
