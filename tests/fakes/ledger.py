"""A ledger in memory that keeps the port's contract, and breaks where a test tells it to."""

import itertools
import threading
from collections.abc import Callable

from ftops.core.ledger import Entry, Page, Tip
from ftops.errors import LedgerError


class MemoryLedger:
    """The port's Ledger; `between` runs before every append, as another machine's write would."""

    def __init__(self) -> None:
        self._tip = Tip(commit=None, page=Page())
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.entries: list[Entry] = []
        self.between: list[Callable[[], object]] = []
        self.is_away = False
        self.reads = 0

    @property
    def page(self) -> Page:
        return self._tip.page

    @property
    def kinds(self) -> list[str]:
        return [type(entry).__name__.lower() for entry in self.entries]

    def read(self) -> Tip:
        self._check()
        self.reads += 1
        return self._tip

    def append(self, tip: Tip, entry: Entry) -> Tip | None:
        self._check()
        page = tip.page.after(entry)
        if self.between:
            self.between.pop(0)()
        with self._lock:
            if tip.commit != self._tip.commit:
                return None
            self._tip = Tip(commit=f"c{next(self._numbers)}", page=page)
            self.entries.append(entry)
            return self._tip

    def put(self, entry: Entry) -> None:
        """Write as another machine would."""
        self._tip = Tip(commit=f"c{next(self._numbers)}", page=self._tip.page.after(entry))
        self.entries.append(entry)

    def _check(self) -> None:
        if self.is_away:
            raise LedgerError("the remote does not answer")
