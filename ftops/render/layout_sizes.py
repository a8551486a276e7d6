"""How far apart columns stand, and how far lines under a row."""

from typing import Final

INDENT: Final = 4
GAP: Final = 2
