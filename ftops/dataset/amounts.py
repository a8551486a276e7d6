"""How many rows and bytes a dataset may have, told from its counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import Format

Role = Literal["training", "validation", "whole"]
"""What the rows are for; the whole is split before anything is uploaded."""

MOST_UPLOAD_BYTES: Final = 512 << 20
MOST_IMAGE_EXAMPLES: Final = 50_000
MOST_REINFORCED: Final[Mapping[str, int]] = {"training": 50_000, "validation": 1_000}

_FEWEST: Final[Mapping[Role, int]] = {"training": 10, "validation": 1, "whole": 1}
_NOUNS: Final[Mapping[Role, str]] = {
    "training": "Training file",
    "validation": "Validation file",
    "whole": "The data to split",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What was counted; only legal rows can be known to have pictures."""

    examples: int
    image_examples: int
    size: int


def explain_amounts(amounts: Amounts, role: Role, row_format: Format) -> Iterator[Finding]:
    """Yield what there is too little or too much of."""
    if amounts.examples < _FEWEST[role]:
        yield _too_few(amounts.examples, role)
    most = MOST_REINFORCED.get(role) if row_format is Format.REINFORCEMENT else None
    if most is not None and amounts.examples > most:
        words = (
            f"{_NOUNS[role]} has {amounts.examples:,} examples, and reinforcement takes {most:,}."
        )
        yield find(Code.TOO_MANY_EXAMPLES, words, hint="Keep the most varied ones.")
    if role == "whole":
        return
    if amounts.size > MOST_UPLOAD_BYTES:
        words = (
            f"{_NOUNS[role]} has {_mib(amounts.size)}, and an upload {_mib(MOST_UPLOAD_BYTES)}"
            " at most."
        )
        hint = "Leave rows out, or link to pictures by URL instead of carrying them."
        yield find(Code.FILE_TOO_LARGE, words, hint=hint)
    if amounts.image_examples > MOST_IMAGE_EXAMPLES:
        words = (
            f"{_NOUNS[role]} has {amounts.image_examples:,} examples with pictures, "
            f"and the provider takes {MOST_IMAGE_EXAMPLES:,}."
        )
        yield find(Code.TOO_MANY_IMAGE_EXAMPLES, words, hint="Leave some of them out.")


def _too_few(examples: int, role: Role) -> Finding:
    fewest = _FEWEST[role]
    least = f"{fewest} example{'s' if fewest > 1 else ''}"
    message = f"{_NOUNS[role]} has {examples} example(s), but must have at least {least}"
    return find(Code.TOO_FEW_EXAMPLES, message, hint="Add rows; 50 good ones are a fair start.")


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MiB"
