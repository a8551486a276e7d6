"""Text from elsewhere made harmless: one line, no escape sequences, no direction tricks."""

import re
import unicodedata
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_ESCAPE_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_JOINERS: Final = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
"""Format characters that scripts and emoji need to be spelled right."""


def one_line(text: str) -> str:
    """Return the text as a terminal may show it.

    Whole escape sequences go, any white space is a space, and every other control, format or
    surrogate character shows as a replacement, so that nobody can hide that it was there.
    """
    if text.isprintable():
        return text
    return "".join(map(_harmless, _ESCAPE_SEQUENCE.sub("", text)))


def _harmless(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if character.isspace():
        return " "
    return REPLACEMENT if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character


def shortened(text: str, most: int) -> str:
    """Return the text cut to a number of characters, the cut shown as an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
