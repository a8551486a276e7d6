"""System prompts: which there are, and rows that lack one or have nearly another's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from ftops.dataset.finding import Code, Finding
from ftops.dataset.quality.example import Example
from ftops.dataset.quality.figures import Share
from ftops.dataset.quality.groups import group_of
from ftops.dataset.quality.warn import counted, listed, percent, warn

MOST_PROMPTS: Final = 20
"""More different system prompts are each row's own; they are counted, not compared."""

NEARLY: Final = 0.9
"""Prompts so alike are one prompt with a slip in it, rather than two tasks."""

_COMPARED: Final = 2_000
_RARE: Final = 0.1


def count_prompts(examples: Sequence[Example]) -> tuple[tuple[Share, ...], int]:
    """Return the most frequent system prompts, and how many rows have none."""
    groups = _by_prompt(examples)
    without = sum(one.rows for one in groups.pop("", ()))
    shares = [Share(name=text, rows=sum(one.rows for one in g)) for text, g in groups.items()]
    shares.sort(key=lambda share: (-share.rows, share.name))
    return tuple(shares[:MOST_PROMPTS]), without


def judge_prompts(examples: Sequence[Example]) -> Iterable[Finding]:
    """Yield warnings for rows without the system prompt that others have, and for slips in it."""
    groups = _by_prompt(examples)
    without = groups.pop("", [])
    if groups and without:
        yield _missing(without, sum(one.rows for one in examples))
    if len(groups) > MOST_PROMPTS:
        return
    ordered = sorted(groups, key=lambda text: (-sum(one.rows for one in groups[text]), text))
    slips = [
        one
        for number, text in enumerate(ordered)
        if any(_is_slip(groups, text, other) for other in ordered[:number])
        for one in groups[text]
    ]
    if slips:
        group = group_of(slips)
        rows = counted(group.rows, "row")
        message = (
            f"{rows} with a system prompt that differs a little from the usual one: "
            f"{listed(group.places, group.rows)}."
        )
        hint = "Use one wording, the one that you will send to the model later."
        yield warn(Code.VARYING_SYSTEM_PROMPT, message, group.places, hint)


def _missing(without: Sequence[Example], rows: int) -> Finding:
    group = group_of(without)
    message = (
        f"{counted(group.rows, 'row')} of {rows:,} ({percent(group.rows, rows)}) without a system "
        f"prompt, which the others have: {listed(group.places, group.rows)}."
    )
    hint = "Give every row the prompt that you will send to the model later."
    return warn(Code.MISSING_SYSTEM_PROMPT, message, group.places, hint)


def _by_prompt(examples: Sequence[Example]) -> dict[str, list[Example]]:
    groups: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        groups[one.system].append(one)
    return groups


def _is_slip(groups: dict[str, list[Example]], rare: str, usual: str) -> bool:
    """Say whether the rarer prompt is the usual one with a few characters changed."""
    rows, others = (sum(one.rows for one in groups[text]) for text in (rare, usual))
    if rows > _RARE * others:
        return False
    matcher = SequenceMatcher(None, rare[:_COMPARED], usual[:_COMPARED], autojunk=False)
    return matcher.real_quick_ratio() >= NEARLY and matcher.ratio() >= NEARLY
