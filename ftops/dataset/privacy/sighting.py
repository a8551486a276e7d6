"""`Sighting`: one value found in a text, and what detectors share: context and its limits."""

import re
from dataclasses import dataclass
from typing import Final

from ftops.core.privacy import Kind

SEPARATOR: Final = "\x1e"
"""Stands between the texts of one row; no detector looks across it."""

REACH: Final = 48
"""So many characters before a number may say what it is."""

NUMBER_GAPS: Final = r" \u00a0\u202f\u2011\u2013"
"""What people and typesetting put between the groups of a number, besides ASCII punctuation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A value from `start` to `end`; its first `kept` characters may be shown to people."""

    kind: Kind
    start: int
    end: int
    kept: int = 0
    label: str = ""


def context_words(words: str) -> re.Pattern[str]:
    """Return a pattern for any of the words, parted by bars."""
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE)


def says(text: str, start: int, words: re.Pattern[str]) -> bool:
    """Return whether one of the words stands shortly before `start`, in the same text."""
    before = text[max(0, start - REACH) : start].rpartition(SEPARATOR)[2]
    return words.search(before) is not None


def digits_of(text: str) -> str:
    """Return the text's digits alone."""
    return "".join(letter for letter in text if letter in "0123456789")
