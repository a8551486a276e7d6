"""Earlier checks of files, believed only while nothing about files or checking can have changed.

An entry answers one question about files that are, by everything `stat` tells, still the same ones.
A check is remembered only if the files were older than the look at them, by the disk's own clock:
an edit within one tick of it leaves no trace in `stat` (git calls such entries racily clean). The
index names who judged; whatever is odd about it, it is not there.
"""

from contextlib import suppress
from typing import Final, Generic, TypeVar

import msgspec
from typing_extensions import override

from ftops.adapters.dataset_files.index_file import IndexFile, Tick
from ftops.adapters.dataset_files.paths import Stamp
from ftops.dataset.check import Checked

MOST_ENTRIES: Final = 50_000
OTHER_DISK_TICK: Final = 2_000_000_000
"""Another disk may keep times to two seconds only (FAT does)."""

Stamps = tuple[Stamp, ...]


class _Entry(msgspec.Struct, array_like=True, frozen=True):
    stamps: Stamps
    found: msgspec.Raw


class _Index(msgspec.Struct, frozen=True):
    judges: str
    entries: dict[str, _Entry]


_decode_index = msgspec.msgpack.Decoder(_Index).decode
_encode = msgspec.msgpack.Encoder().encode

Found = TypeVar("Found")


class StatCache(Generic[Found]):
    """What was found before; a cache that cannot be read or written is as good as empty."""

    def __init__(self, file: IndexFile, judges: str, kind: type[Found]) -> None:
        self._file = file
        self._judges = f"{judges} {kind.__qualname__}"
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._entries: dict[str, _Entry] | None = None
        self._is_dirty = False

    def find(self, question: str, stamps: Stamps) -> Found | None:
        """Return what was found when the files were these."""
        entry = self._known().get(question)
        if entry is None or entry.stamps != stamps:
            return None
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            return self._decode(entry.found)
        return None

    def tick(self) -> Tick | None:
        """Return the disk's time now: take it before the look that is to be remembered."""
        return self._file.tick()

    def remember(self, question: str, stamps: Stamps, found: Found, since: Tick | None) -> None:
        """Remember it, unless the files are too young to tell later edits from it."""
        known = self._known()
        # What was used last stands last, so that the oldest is given up first.
        known.pop(question, None)
        if since is not None and _are_settled(stamps, since):
            known[question] = _Entry(stamps=stamps, found=msgspec.Raw(_encode(found)))
            self._is_dirty = True

    def save(self) -> None:
        """Write what is new."""
        if not self._is_dirty:
            return
        kept = dict(list(self._known().items())[-MOST_ENTRIES:])
        self._file.write(_encode(_Index(judges=self._judges, entries=kept)))
        self._is_dirty = False

    def _known(self) -> dict[str, _Entry]:
        if self._entries is None:
            self._entries = self._read()
        return self._entries

    def _read(self) -> dict[str, _Entry]:
        content = self._file.read()
        if content is not None:
            with suppress(msgspec.MsgspecError, UnicodeDecodeError):
                index = _decode_index(content)
                if index.judges == self._judges:
                    return index.entries
        return {}


class CheckCache(StatCache[Checked]):
    """Earlier checks; only of legal data, for what is wrong is told anew every time."""

    def __init__(self, file: IndexFile, judges: str) -> None:
        super().__init__(file, judges, Checked)

    @override
    def remember(self, question: str, stamps: Stamps, found: Checked, since: Tick | None) -> None:
        super().remember(question, stamps, found, since if found.is_legal else None)


def _are_settled(stamps: Stamps, since: Tick) -> bool:
    disk, now = since
    return all(
        max(stamp.mtime_ns, stamp.ctime_ns) + (0 if stamp.device == disk else OTHER_DISK_TICK) < now
        for stamp in stamps
    )
