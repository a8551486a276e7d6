"""Whether there is enough to learn from."""

from collections.abc import Iterable
from typing import Final

from ftops.dataset.finding import Code, Finding
from ftops.dataset.quality.warn import counted, warn

FEW_ANSWERS: Final = 50
"""Where providers advise to begin; a preference shows two answers, so half the rows suffice."""


def judge_volume(rows: int, *, answers_a_row: int) -> Iterable[Finding]:
    """Yield advice if there are few rows; too few for a job at all are an error elsewhere."""
    fair = -(-FEW_ANSWERS // answers_a_row)
    if 0 < rows < fair:
        message = f"{counted(rows, 'example')}, fewer than the {fair} that are a fair start."
        hint = "Train on them to try things out; for a model to use, write more good ones."
        yield warn(Code.FEW_EXAMPLES, message, (), hint)
