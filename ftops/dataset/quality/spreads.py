"""Lengths and turns: how they are spread, and the rows that lie far out."""

from collections.abc import Iterable, Sequence
from typing import Final

from ftops.dataset.finding import Code, Finding
from ftops.dataset.quality.example import Example
from ftops.dataset.quality.figures import Bar, Spread
from ftops.dataset.quality.groups import group_of
from ftops.dataset.quality.warn import counted, listed, warn

FEWEST_ROWS: Final = 20
"""Fewer rows have no usual length to lie far from."""

FAR: Final = 3.0
"""So many middle halves beyond the quarters is far out (Tukey's outer fence)."""

TIMES_LONGER: Final = 4
TIMES_SHORTER: Final = 8
MANY_TURNS_MORE: Final = 4

_MOST_BARS: Final = 18
_NEARLY_ALL: Final = 0.98
_STEPS: Final = (1, 2, 5)

Weighted = Sequence[tuple[int, int]]
"""Values, each with the number of its rows."""


def spread_of(values: Weighted) -> Spread:
    """Return the least, the quarters and the most; of nothing, zeros."""
    ordered = sorted(values)
    least, most = (ordered[0][0], ordered[-1][0]) if ordered else (0, 0)
    return Spread(
        least=least,
        quarter=_at(ordered, 0.25),
        median=_at(ordered, 0.5),
        three_quarters=_at(ordered, 0.75),
        most=most,
    )


def histogram_of(values: Weighted) -> tuple[Bar, ...]:
    """Return at most 18 bars of a round width; the last holds the long tail."""
    if not values:
        return ()
    ordered = sorted(values)
    low, high = ordered[0][0], _at(ordered, _NEARLY_ALL)
    if low == high:
        # Nearly all values are one: without the tail there would be nothing to see.
        high = ordered[-1][0]
    width = next(step for step in _widths() if (high - low) // step < _MOST_BARS)
    start = low // width * width
    last = (high - start) // width
    counts = [0] * (last + 1)
    for value, rows in ordered:
        counts[min(last, (value - start) // width)] += rows
    is_open = ordered[-1][0] >= start + (last + 1) * width
    return tuple(
        Bar(
            start=start + number * width,
            end=None if is_open and number == last else start + (number + 1) * width,
            rows=rows,
        )
        for number, rows in enumerate(counts)
    )


def judge_lengths(
    examples: Sequence[Example], tokens: Sequence[int], answers: Sequence[int]
) -> Iterable[Finding]:
    """Yield warnings for rows far longer, and answers far shorter, than the others."""
    if sum(one.rows for one in examples) < FEWEST_ROWS:
        return
    usual = spread_of(_weighted(examples, tokens))
    far = usual.three_quarters + FAR * (usual.three_quarters - usual.quarter)
    border = max(far, TIMES_LONGER * usual.median)
    longer = [one for one, count in zip(examples, tokens, strict=True) if count > border]
    if longer:
        group = group_of(longer)
        rows = counted(group.rows, "row")
        message = (
            f"{rows} far longer than the others, over {border:,.0f} tokens where {usual.median:,} "
            f"are usual: {listed(group.places, group.rows)}."
        )
        hint = "See whether they belong here; split them, or cut what the answer does not need."
        yield warn(Code.UNUSUAL_LENGTH, message, group.places, hint)
    usual = spread_of(_weighted(examples, answers))
    shorter = [
        one
        for one, count in zip(examples, answers, strict=True)
        if count * TIMES_SHORTER < usual.quarter
    ]
    if shorter:
        group = group_of(shorter)
        rows = counted(group.rows, "row")
        message = (
            f"{rows} with an answer far shorter than the others, where {usual.median:,} tokens "
            f"are usual: {listed(group.places, group.rows)}."
        )
        hint = "See whether these answers are whole."
        yield warn(Code.UNUSUAL_LENGTH, message, group.places, hint)


def judge_turns(examples: Sequence[Example]) -> Iterable[Finding]:
    """Yield a warning for conversations with far more turns than the others."""
    if sum(one.rows for one in examples) < FEWEST_ROWS:
        return
    usual = spread_of(_weighted(examples, [one.turns for one in examples]))
    far = usual.three_quarters + FAR * (usual.three_quarters - usual.quarter)
    border = max(far, usual.median + MANY_TURNS_MORE)
    longer = [one for one in examples if one.turns > border]
    if longer:
        group = group_of(longer)
        rows = counted(group.rows, "row")
        are = "is" if usual.median == 1 else "are"
        message = (
            f"{rows} with over {border:,.0f} turns where {usual.median:,} {are} usual: "
            f"{listed(group.places, group.rows)}."
        )
        hint = "Add more of them if long conversations matter, or cut them into several rows."
        yield warn(Code.UNUSUAL_TURNS, message, group.places, hint)


def _weighted(examples: Sequence[Example], values: Sequence[int]) -> Weighted:
    return [(value, one.rows) for one, value in zip(examples, values, strict=True)]


def _at(ordered: Weighted, share: float) -> int:
    """Return the value below which that share of the rows lies."""
    wanted = share * sum(rows for _, rows in ordered)
    seen = 0
    for value, rows in ordered:
        seen += rows
        if seen >= wanted:
            return value
    return 0


def _widths() -> Iterable[int]:
    size = 1
    while True:
        yield from (step * size for step in _STEPS)
        size *= 10
