"""Earlier checks of files, believed only while nothing about files or checking can have changed.

An entry answers one question about files that are, by everything `stat` tells, still the same ones.
A check is remembered only if the files were older than the look at them, by the disk's own clock:
an edit within one tick of it leaves no trace in `stat` (git calls such entries racily clean). The
index names who judged; whatever is odd about it, it is not there.
"""

from contextlib import suppress
from typing import Final, Generic, TypeVar

import msgspec

from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps, Tick, are_settled

MOST_ENTRIES: Final = 50_000


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
        self._judges = f"{judges} {kind!r}"
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
        if since is not None and are_settled(stamps, since):
            # A number beyond 64 bits cannot be kept.
            with suppress(OverflowError):
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
