"""How many tokens rows, answers and roles have, by the rule that counts them everywhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ftops.dataset.counting.tally import Counting, exact_way
from ftops.dataset.counting.tokens import PER_MESSAGE, RowCounter, estimate_tokens
from ftops.dataset.quality.example import Example, role_of
from ftops.dataset.quality.figures import RoleTokens
from ftops.dataset.shaping.canonical_rows import messages_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The tokens of each example and of what it answers, and those of each role in all rows.

    An answer's tokens are those of its text alone; a role's hold what each message costs.
    """

    rows: list[int]
    answers: list[int]
    roles: tuple[RoleTokens, ...]
    are_exact: bool


def count_lengths(examples: Sequence[Example], counting: Counting) -> Lengths:
    """Count the examples; without a vocabulary by their characters."""
    exact = exact_way(counting)
    counter = RowCounter(exact or estimate_tokens)
    rows: list[int] = []
    answers: list[int] = []
    messages: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    for one in examples:
        beside, each = counter.count_each(one.row)
        rows.append(beside + sum(each))
        answered = each[one.asked : len(one.messages)]
        answers.append(sum(answered) - PER_MESSAGE * len(answered))
        for message, count in zip(messages_of(one.row), each, strict=True):
            messages[role_of(message)] += one.rows
            tokens[role_of(message)] += count * one.rows
    roles = sorted(messages, key=lambda role: (-tokens[role], role))
    return Lengths(
        rows=rows,
        answers=answers,
        roles=tuple(
            RoleTokens(role=role, messages=messages[role], tokens=tokens[role]) for role in roles
        ),
        are_exact=exact is not None and not counting.is_guess and counter.is_published,
    )
