"""A canvas of Braille dots: two columns and four rows in every character."""

from collections import defaultdict
from typing import Final

ACROSS: Final = 2
DOWN: Final = 4
_BLANK: Final = 0x2800
_BITS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot in Unicode's block, by row and column within the character."""


class BrailleCanvas:
    """Dots by column and row from the top left; what is drawn comes out by character."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], int] = defaultdict(int)

    def dot(self, x: int, y: int) -> None:
        """Set one dot."""
        self._cells[x // ACROSS, y // DOWN] |= _BITS[y % DOWN][x % ACROSS]

    def characters(self) -> dict[tuple[int, int], str]:
        """Return the characters that hold any dot, by column and row."""
        return {place: chr(_BLANK + bits) for place, bits in self._cells.items()}
