"""Answers that refuse, and sentences that many answers share."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from ftops.dataset.finding import Code, Finding
from ftops.dataset.quality.example import Example, normal
from ftops.dataset.quality.figures import Share
from ftops.dataset.quality.groups import group_of
from ftops.dataset.quality.warn import counted, listed, percent, warn

MANY_REFUSALS: Final = 0.05
FEWEST_REFUSALS: Final = 3
MUCH_BOILERPLATE: Final = 0.3
FEWEST_BOILERPLATE: Final = 10
SHORTEST_PHRASE: Final = 3
"""A sentence of fewer words is no boilerplate: `Yes.` or `Thank you.`"""

_MOST_TOLD: Final = 8
_LONGEST_PHRASE: Final = 160

_CANNOT: Final = r"(can't|cannot|can not|won't|(am|'m) (unable|not able) to)"
_REFUSAL: Final = re.compile(
    rf"(i am |i'm )?((really|very|so|truly) )?sorry,? (but )?(i|we) ?{_CANNOT}"
    rf"|(unfortunately,? )?i ?{_CANNOT} (help|assist|provide|comply|answer|do that|discuss|share)"
    r"|as an ai\b|as a (large )?language model"
    r"|(es )?tut mir leid,? (aber )?ich kann|je suis désolée?,? (mais )?je ne (peux|puis)"
    r"|lo siento,? (pero )?no puedo"
)
_CURLY: Final = "\N{RIGHT SINGLE QUOTATION MARK}"
_SENTENCE_END: Final = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+|\n+")


def refuses(example: Example) -> bool:
    """Say whether the answer declines, by its own field or by how it begins."""
    begin = normal(example.answer[:_LONGEST_PHRASE]).replace(_CURLY, "'")
    return bool(example.refused) or _REFUSAL.match(begin) is not None


def count_boilerplate(examples: Sequence[Example]) -> tuple[Share, ...]:
    """Return the sentences that many answers of several sentences begin or end with."""
    rows: Counter[str] = Counter()
    for one in examples:
        sentences = [part.strip() for part in _SENTENCE_END.split(one.answer) if part.strip()]
        if len(sentences) > 1:
            for phrase in {normal(sentences[0]), normal(sentences[-1])}:
                if len(phrase.split()) >= SHORTEST_PHRASE:
                    rows[phrase[:_LONGEST_PHRASE]] += one.rows
    least = max(FEWEST_BOILERPLATE, MUCH_BOILERPLATE * sum(one.rows for one in examples))
    shared = [(count, phrase) for phrase, count in rows.items() if count >= least]
    shared.sort(key=lambda entry: (-entry[0], entry[1]))
    return tuple(Share(name=phrase, rows=count) for count, phrase in shared[:_MOST_TOLD])


def judge_refusals(refusing: Sequence[Example], rows: int) -> Iterable[Finding]:
    """Yield a warning if so many answers decline that the model learns to."""
    group = group_of(refusing)
    if group.rows >= max(FEWEST_REFUSALS, MANY_REFUSALS * rows):
        message = (
            f"{counted(group.rows, 'answer')} of {rows:,} ({percent(group.rows, rows)}) that "
            f"decline: {listed(group.places, group.rows)}."
        )
        hint = "Keep those that the model should decline, and answer the others."
        yield warn(Code.MANY_REFUSALS, message, group.places, hint)


def judge_boilerplate(shares: Sequence[Share], rows: int) -> Iterable[Finding]:
    """Yield a warning for a sentence that many answers begin or end with."""
    if shares:
        most = shares[0]
        message = (
            f"{counted(most.rows, 'answer')} of {rows:,} ({percent(most.rows, rows)}) begin or end "
            f"with the same sentence: “{most.name}”"
        )
        hint = "Vary it or drop it, unless the model should say it every time."
        yield warn(Code.MUCH_BOILERPLATE, message, (), hint)
