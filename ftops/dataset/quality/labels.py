"""Answers that are labels: whether the data classifies, and whether each class is shown enough."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from ftops.dataset.finding import Code, Finding
from ftops.dataset.quality.example import Example, normal
from ftops.dataset.quality.figures import Share
from ftops.dataset.quality.warn import percent, warn

LONGEST_LABEL: Final = 40
MOST_LABELS: Final = 50
FEWEST_ROWS_A_LABEL: Final = 4
"""Classes are shown several times each; answers that hardly ever recur are no labels."""

NEARLY_ALL: Final = 0.9
LARGE: Final = 0.8
TIMES_RARER: Final = 10

_TOLD: Final = 3


def count_labels(examples: Sequence[Example]) -> tuple[Share, ...]:
    """Return the labels by frequency, or nothing where the answers are no labels."""
    rows: Counter[str] = Counter()
    for one in examples:
        if one.rejected is None and not one.has_tools:
            rows[normal(one.answer)] += one.rows
    short = Counter({text: count for text, count in rows.items() if 0 < len(text) <= LONGEST_LABEL})
    is_classifying = (
        short.total() >= NEARLY_ALL * sum(one.rows for one in examples)
        and 1 < len(short) <= MOST_LABELS
        and short.total() >= FEWEST_ROWS_A_LABEL * len(short)
    )
    if not is_classifying:
        return ()
    ordered = sorted(short.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(Share(name=text, rows=count) for text, count in ordered)


def judge_labels(labels: Sequence[Share]) -> Iterable[Finding]:
    """Yield a warning if one label drowns the others."""
    if not labels:
        return
    rows = sum(label.rows for label in labels)
    largest = labels[0]
    rare = [label for label in labels if label.rows * TIMES_RARER < largest.rows]
    if largest.rows > LARGE * rows or rare:
        few = rare or labels[-1:]
        told = ", ".join(f"{_quoted(one.name)} {one.rows:,}" for one in few[: -_TOLD - 1 : -1])
        message = (
            f"Labels out of balance: {_quoted(largest.name)} has {largest.rows:,} of {rows:,} rows "
            f"({percent(largest.rows, rows)}), {told}."
        )
        hint = "Add rows of the rare labels, or the model will hardly ever say them."
        yield warn(Code.UNBALANCED_LABELS, message, (), hint)


def _quoted(text: str) -> str:
    return f"“{text}”"
