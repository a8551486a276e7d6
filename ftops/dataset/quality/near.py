"""Texts that are nearly the same: MinHash names the suspects, the exact overlap convicts them.

The order of the texts decides nothing: suspects stand near one another in lists that are sorted by
signature.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from ftops.dataset.quality.words import pairs_of

ALIKE: Final = 0.75
"""So large a share of all word pairs of two texts must be in both: one word changed in fifteen."""

FEWEST_PAIRS: Final = 6
"""Shorter texts say the same by chance."""

_PERMUTATIONS: Final = 128
_ROWS_A_BAND: Final = 6
"""21 bands of 6: a pair at the threshold is overlooked in 1 of 60 cases, at 0.85 in 1 of 20,000."""

_NEIGHBOURS: Final = 4
"""In a bucket each text meets so many of the next ones: where every row follows one template,
meeting all would cost the square of the rows."""

_SUSPECT: Final = ALIKE - 0.12
"""An estimate below is three standard deviations too low to be worth the exact comparison."""

_SEED: Final = 1
_BATCH: Final = 256
_REMEMBERED: Final = 2048

_Signatures = NDArray[np.uint32]


def near_groups(texts: Sequence[str]) -> list[list[int]]:
    """Return the groups of indexes of texts that are nearly the same."""
    root = list(range(len(texts)))

    def home(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    @lru_cache(_REMEMBERED)
    def pairs(index: int) -> set[str]:
        return pairs_of(texts[index])

    for one, other in _suspects(*_sign(texts)):
        near, far = sorted((home(one), home(other)))
        if near != far and _overlap(pairs(one), pairs(other)) >= ALIKE:
            root[far] = near
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(texts)):
        groups[home(index)].append(index)
    return [group for group in groups.values() if len(group) > 1]


def _overlap(one: set[str], other: set[str]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def _suspects(indexes: NDArray[np.intp], signatures: _Signatures) -> Iterator[tuple[int, int]]:
    """Yield pairs that share a band and look alike, some of them more than once."""
    for start, end in pairwise(range(0, _PERMUTATIONS + 1, _ROWS_A_BAND)):
        order = np.lexsort(signatures[:, start:end].T)
        band = signatures[order, start:end]
        for step in range(1, _NEIGHBOURS + 1):
            meeting = np.flatnonzero((band[:-step] == band[step:]).all(axis=1))
            first, second = order[meeting], order[meeting + step]
            estimate = (signatures[first] == signatures[second]).mean(axis=1)
            kept = estimate >= _SUSPECT
            yield from zip(
                indexes[first[kept]].tolist(), indexes[second[kept]].tolist(), strict=True
            )


def _sign(texts: Sequence[str]) -> tuple[NDArray[np.intp], _Signatures]:
    """Return the indexes of the texts long enough to be compared, and their signatures, sorted."""
    indexes: list[int] = []
    parts: list[_Signatures] = [np.empty((0, _PERMUTATIONS), np.uint32)]
    for start in range(0, len(texts), _BATCH):
        batch = {
            start + number: list(pairs)
            for number, text in enumerate(texts[start : start + _BATCH])
            if len(pairs := pairs_of(text)) >= FEWEST_PAIRS
        }
        indexes += batch
        digests = RMinHash.digests_from_token_sets(list(batch.values()), _PERMUTATIONS, _SEED)
        parts.append(np.array(digests, np.uint32).reshape(-1, _PERMUTATIONS))
    signatures = np.concatenate(parts)
    order = np.lexsort(signatures.T)
    return np.array(indexes, np.intp)[order], signatures[order]
