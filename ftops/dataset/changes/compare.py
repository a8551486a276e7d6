"""Which rows of a dataset were added, removed or edited since an earlier version of it.

Equal rows are unchanged, wherever they stand. A row that went and a row that came are one edited
row if they have the same prompt; or if they stand between the same unchanged rows, where as many
came as went; or if no other row that went or came has their answer. All others were removed and
added.
"""

from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ftops.dataset.changes.data_change import Pair, RowChanges
from ftops.dataset.changes.row_index import NOTHING, RowIndex


def compare(old: RowIndex, new: RowIndex) -> RowChanges:
    """Return what became of the rows: pure, and in time linear in their number."""
    kept = _match_equal(old.rows, new.rows)
    left = _Left.of(len(old), len(new), kept)
    edited = left.take(_pairs_by(old.prompts, new.prompts, left))
    edited += left.take(_pairs_by_place(left, kept))
    edited += left.take(_pairs_by(_once(old.answers, left.old), _once(new.answers, left.new), left))
    return RowChanges(
        before=len(old),
        after=len(new),
        added=tuple(left.new),
        removed=tuple(left.old),
        edited=tuple(sorted(edited, key=lambda pair: pair[1])),
        is_reordered=any(one[1] > two[1] for one, two in pairwise(kept)),
    )


@dataclass(slots=True, kw_only=True)
class _Left:
    """The rows of both versions that have no counterpart yet, in order."""

    old: list[int]
    new: list[int]

    @classmethod
    def of(cls, before: int, after: int, kept: Iterable[Pair]) -> "_Left":
        left = cls(old=list(range(before)), new=list(range(after)))
        left.take(kept)
        return left

    def take(self, pairs: Iterable[Pair]) -> list[Pair]:
        """Leave out what is paired, and return it."""
        taken = list(pairs)
        old, new = {one for one, _ in taken}, {one for _, one in taken}
        self.old = [one for one in self.old if one not in old]
        self.new = [one for one in self.new if one not in new]
        return taken


def _match_equal(old: "array[int]", new: "array[int]") -> list[Pair]:
    """Pair equal rows in order; what both begin and end with is not looked up."""
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    places: defaultdict[int, deque[int]] = defaultdict(deque)
    for at in range(head, len(new) - tail):
        places[new[at]].append(at)
    middle = [
        (at, found.popleft())
        for at in range(head, len(old) - tail)
        if (found := places.get(old[at]))
    ]
    ends = [(len(old) - back, len(new) - back) for back in range(tail, 0, -1)]
    return [*((at, at) for at in range(head)), *middle, *ends]


def _pairs_by(old: Sequence[int], new: Sequence[int], left: _Left) -> list[Pair]:
    """Pair what is left by equal digests, in order."""
    places: defaultdict[int, deque[int]] = defaultdict(deque)
    for at in left.new:
        if new[at] != NOTHING:
            places[new[at]].append(at)
    return [(at, found.popleft()) for at in left.old if (found := places.get(old[at]))]


def _pairs_by_place(left: _Left, kept: Sequence[Pair]) -> Iterable[Pair]:
    """Pair what is left between the same unchanged rows, where as many came as went."""
    if not kept:
        return
    gone = _gaps(left.old, dict(kept))
    come = _gaps(left.new, {new: new for _, new in kept})
    for border, rows in gone.items():
        others = come.get(border, [])
        if len(others) == len(rows):
            yield from zip(rows, others, strict=True)


def _gaps(positions: Sequence[int], kept: dict[int, int]) -> dict[int, list[int]]:
    """Group positions by the unchanged row before them, told by its place in the later version."""
    gaps: defaultdict[int, list[int]] = defaultdict(list)
    border, at = -1, 0
    for position in positions:
        while at < position:
            border = kept.get(at, border)
            at += 1
        gaps[border].append(position)
    return gaps


def _once(digests: "array[int]", positions: Sequence[int]) -> "array[int]":
    """Return the digests, without those that several of the positions share."""
    counts = Counter(digests[at] for at in positions)
    return array(digests.typecode, (one if counts[one] == 1 else NOTHING for one in digests))
