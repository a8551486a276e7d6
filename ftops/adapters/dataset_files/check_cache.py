"""Earlier checks of files: only of legal data, for what is wrong is told anew every time."""

from typing_extensions import override

from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps, Tick
from ftops.cache.stat_cache import StatCache
from ftops.dataset.check import Checked


class CheckCache(StatCache[Checked]):
    """A StatCache that keeps no bad news."""

    def __init__(self, file: IndexFile, judges: str) -> None:
        super().__init__(file, judges, Checked)

    @override
    def remember(self, question: str, stamps: Stamps, found: Checked, since: Tick | None) -> None:
        super().remember(question, stamps, found, since if found.is_legal else None)
