"""Put something else in the place of every value that a scan finds in a row."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from ftops.dataset.privacy.sighting import Sighting
from ftops.dataset.privacy.texts import Node, Texts, rewrite
from ftops.dataset.privacy.values import masked

Sightings = Mapping[int, Sequence[Sighting]]
"""What was found in the text of each number."""

StandIn = Callable[[Sighting, str], str]
"""Takes what was found and its value; returns what stands there instead."""


def sightings_in(row: object) -> Sightings:
    """Return what a scan finds in a row; TooDeepError beyond the limit."""
    texts = Texts()
    rewrite(row, texts.note)
    found: defaultdict[int, list[Sighting]] = defaultdict(list)
    for one in texts.sightings():
        found[one.index].append(one.sighting)
    return found


def replaced(row: object, found: Sightings, stand_in: StandIn) -> object:
    """Return the row with a stand-in for everything that was found in it."""
    return rewrite(row, _Replacing(found, stand_in).visit)


def mask(row: object) -> object:
    """Return the row as it may be shown; TooDeepError beyond the limit."""
    found = sightings_in(row)
    return replaced(row, found, lambda one, value: masked(value, one)) if found else row


class _Replacing:
    """One walk that puts stand-ins where the same walk found values."""

    def __init__(self, found: Sightings, stand_in: StandIn) -> None:
        self._found = found
        self._stand_in = stand_in
        self._index = -1

    def visit(self, _prefix: str, text: str, _node: Node) -> str:
        self._index += 1
        for one in reversed(self._found.get(self._index, ())):
            value = self._stand_in(one, text[one.start : one.end])
            text = text[: one.start] + value + text[one.end :]
        return text
