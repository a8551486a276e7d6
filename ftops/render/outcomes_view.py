"""What became of a plan, for a terminal: ids to call, failures and what to do about them."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.outcome import Outcome
from ftops.core.plan import spec_of
from ftops.render.explain_outcome import hint_of, outcome_kind, result_words
from ftops.render.figures import outcomes_sentence
from ftops.render.layout import Row, rows, safe
from ftops.render.problem_lines import hint_line
from ftops.render.words import OUTCOME_MARKS

_STYLES: Final[Mapping[str, str]] = {
    "settled": "green",
    "started": "yellow",
    "unconfirmed": "yellow",
    "failed": "red",
    "skipped": "yellow",
}


def outcomes_view(outcomes: Sequence[Outcome]) -> RenderableType:
    """Show one row per spec, and the sum of what was trained."""
    found = rows(("", "spec", "outcome", "model or message"), map(_row, outcomes))
    return Group(found, Text(), safe(outcomes_sentence(outcomes), "bold"))


def _row(outcome: Outcome) -> Row:
    kind, hint = outcome_kind(outcome), hint_of(outcome)
    cells = (
        safe(OUTCOME_MARKS[kind], _STYLES[kind]),
        safe(spec_of(outcome.change)),
        safe(kind, _STYLES[kind]),
        safe(result_words(outcome)),
    )
    return Row(cells=cells, under=() if hint is None else (hint_line(hint),))
