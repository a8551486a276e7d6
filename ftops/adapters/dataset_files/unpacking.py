"""A gzip file as the plain bytes in it, bounded: a bomb is refused before it goes off."""

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from ftops.adapters.dataset_files.paths import BUFFER, PathRefusedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_UNPACKED: Final = 8 << 30
"""More than any provider takes."""

MOST_RATIO: Final = 200
FREE_OF_RATIO: Final = 64 << 20
"""Small data may be as dull as gzip can pack (1032 to 1); larger data that repeats one long prompt
stays below 150."""

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_CHUNK: Final = 1 << 16
_GZIP_ONLY: Final = 31


def unpacked(stream: BinaryIO, shown: str) -> BinaryIO:
    """Return the stream, or what is in it if it is packed; told by its begin, not by its name."""
    magic = stream.read(len(_ZSTD))
    stream.seek(0)
    if magic == _ZSTD:
        hint = "unpack it first (zstd -d), or pack it with gzip"
        raise PathRefusedError(f"{shown} is packed with zstd, which is not read", hint)
    if not magic.startswith(_GZIP):
        return stream
    return cast("BinaryIO", io.BufferedReader(_Unpacking(stream, shown), BUFFER))


class _Unpacking(io.RawIOBase):
    """Reads member after member; only the begin can be sought."""

    def __init__(self, stream: BinaryIO, shown: str) -> None:
        self._stream = stream
        self._shown = shown
        self._start()

    def readable(self) -> bool:  # type: ignore[explicit-override]  # typing.override is 3.12's
        return True

    def seekable(self) -> bool:  # type: ignore[explicit-override]  # typing.override is 3.12's
        return True

    def fileno(self) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        return self._stream.fileno()

    def tell(self) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        return self._given

    def seek(self, offset: int, whence: int = 0, /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        if (offset, whence) != (0, io.SEEK_SET):
            raise io.UnsupportedOperation("only the begin of a packed file can be sought")
        self._stream.seek(0)
        self._start()
        return 0

    def readinto(self, buffer: "WriteableBuffer", /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        view = memoryview(buffer).cast("B")
        found = self._next(len(view))
        view[: len(found)] = found
        self._given += len(found)
        self._refuse_bomb()
        return len(found)

    def close(self) -> None:  # type: ignore[explicit-override]  # typing.override is 3.12's
        self._stream.close()
        super().close()

    def _start(self) -> None:
        self._member = zlib.decompressobj(_GZIP_ONLY)
        self._packed = b""
        self._taken = 0
        self._given = 0

    def _next(self, wanted: int) -> bytes:
        """Return up to so many bytes; none at the end."""
        while not self._member.eof or self._opens_another():
            try:
                found = self._member.decompress(self._packed, wanted)
            except zlib.error as error:
                raise self._refused("is damaged: it cannot be unpacked") from error
            self._packed = self._member.unconsumed_tail
            if found:
                return found
            if not self._member.eof and not self._packed and not self._take():
                raise self._refused("is damaged: it ends too early")
        return b""

    def _opens_another(self) -> bool:
        """Go on to the next member, past the zeros that may stand before it."""
        self._packed = self._member.unused_data.lstrip(b"\0")
        while not self._packed:
            if not self._take():
                return False
            self._packed = self._packed.lstrip(b"\0")
        self._member = zlib.decompressobj(_GZIP_ONLY)
        return True

    def _take(self) -> bool:
        self._packed = self._stream.read(_CHUNK)
        self._taken += len(self._packed)
        return bool(self._packed)

    def _refuse_bomb(self) -> None:
        if self._given > max(FREE_OF_RATIO, MOST_RATIO * self._taken):
            raise self._refused(f"unpacks to more than {MOST_RATIO} times its size")
        if self._given > MOST_UNPACKED:
            raise self._refused(f"unpacks to more than {MOST_UNPACKED >> 30} GiB")

    def _refused(self, reason: str) -> PathRefusedError:
        return PathRefusedError(f"{self._shown} {reason}", "unpack it with gzip -d, and look at it")
