"""Where the locks below a folder lie: a listing that those who write believe for a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from ftops.adapters.lock_files.search import locks_below
from ftops.core.names import SpecName
from ftops.ports import Clock

BELIEVED: Final = timedelta(seconds=1)
"""Many locks written at once take one listing; people who move them are slower."""

Listing = dict[SpecName, list[str]]


class Places:
    """Only those who hold their turn to write may ask for what was listed a moment ago.

    Without a clock there is no such moment.
    """

    def __init__(self, base: Path, clock: Clock | None) -> None:
        self._base = str(base)
        self._clock = clock
        self._listing: Listing = {}
        self._listed_at: datetime | None = None

    def listed(self) -> Listing:
        """Return the paths of every lock as they are now; OSError if they cannot be listed."""
        found: Listing = {}
        for spec, path in locks_below(self._base):
            found.setdefault(spec, []).append(path)
        return found

    def of(self, spec: SpecName) -> Sequence[str]:
        """Return where a spec's locks lay a moment ago."""
        now = None if self._clock is None else self._clock.now()
        if not _is_fresh(self._listed_at, now):
            self._listing, self._listed_at = self.listed(), now
        return self._listing.get(spec, ())

    def only(self, spec: SpecName, *paths: str) -> None:
        """Note that these are all the places of a spec's locks now."""
        self._listing[spec] = list(paths)


def _is_fresh(listed_at: datetime | None, now: datetime | None) -> bool:
    # A clock may be set back.
    return listed_at is not None and now is not None and abs(now - listed_at) < BELIEVED
