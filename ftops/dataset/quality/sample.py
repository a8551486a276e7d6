"""The rows that are looked at closely: all of them, or as many as memory should hold.

The sample keeps the rows with the smallest keys, and a key begins with the digest of the prompt. So
it depends on neither the order of the rows nor on chance, and rows that ask the same are in it
together: copies and contradictions are as frequent in the sample as in the whole.
"""

from dataclasses import dataclass, field
from typing import Final

from ftops.dataset.quality.example import MOST_PLACES, Example, Key

MOST_EXAMPLES: Final = 20_000
MOST_BYTES: Final = 32 << 20
"""As much text of the sampled rows is kept at most, whatever their number."""

_SLACK: Final = 1.5


@dataclass(slots=True, kw_only=True)
class Sample:
    """Distinct rows, each with how often it was seen."""

    most_examples: int = MOST_EXAMPLES
    most_bytes: int = MOST_BYTES
    legal_rows: int = 0
    illegal_rows: int = 0
    bar: Key | None = None
    _kept: dict[Key, tuple[Example, int]] = field(default_factory=dict)
    _size: int = 0

    def add(self, example: Example, size: int) -> None:
        """Take a row of so many bytes, if it belongs to the sample; the caller counts the rows."""
        if self.bar is not None and example.key >= self.bar:
            return
        known = self._kept.get(example.key)
        if known is not None:
            first = known[0]
            first.rows += 1
            if len(first.places) < MOST_PLACES:
                first.places += example.places
            return
        self._kept[example.key] = (example, size)
        self._size += size
        if len(self._kept) > _SLACK * self.most_examples or self._size > _SLACK * self.most_bytes:
            self._prune()

    def examples(self) -> tuple[Example, ...]:
        """Return the distinct rows, in the order of their keys."""
        self._prune()
        return tuple(self._kept[key][0] for key in sorted(self._kept))

    def _prune(self) -> None:
        """Keep the smallest keys as far as both limits allow, and never fewer than one row."""
        size = 0
        for number, key in enumerate(sorted(self._kept)):
            size += self._kept[key][1]
            if number and (number >= self.most_examples or size > self.most_bytes):
                self.bar = key
                break
        else:
            return
        bar = self.bar
        self._kept = {key: kept for key, kept in self._kept.items() if key < bar}
        self._size = sum(kept[1] for kept in self._kept.values())
