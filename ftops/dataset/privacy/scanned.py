"""What a look for personal data and secrets is asked, and what it answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ftops.core.privacy import Kind, Response
from ftops.dataset.finding import Finding

NOT_CHECKED: Final = ("names of people", "postal addresses and other free text", "pictures")
"""What no finding says anything about: it may be there."""

MISSED_BY_MODEL: Final = ("names and places that the model misses", "other free text", "pictures")
"""The same where a language model looked too."""


def unchecked_by(models: Iterable[object]) -> tuple[str, ...]:
    """Return what nobody looks for, given each dataset's language model or nothing."""
    given = list(models)
    return MISSED_BY_MODEL if given and None not in given else NOT_CHECKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is looked for: each kind's response, and the digests of values that are allowed."""

    responses: tuple[tuple[Kind, Response], ...]
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What one pass found; `counts` also counts what is not among the findings.

    `model` is the language model that looked for names and places, if one did.
    """

    rows: int
    counts: Mapping[Kind, int]
    findings: tuple[Finding, ...]
    model: str | None = None
