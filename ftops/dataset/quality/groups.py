"""Examples as a group that is told: how many rows, and where the first of them stand."""

from collections.abc import Iterable

from ftops.dataset.quality.example import Example
from ftops.dataset.quality.figures import Group, Place


def group_of(examples: Iterable[Example]) -> Group:
    """Return examples as one group, its places in the order of the files."""
    members = list(examples)
    places = in_order(place for one in members for place in one.places)
    return Group(rows=sum(one.rows for one in members), places=places)


def in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return places by file and line."""
    return tuple(sorted(places, key=lambda place: (place.file or "", place.line)))
