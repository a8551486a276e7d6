"""A gzip or zstd file as the plain bytes in it, bounded: a bomb is refused before it goes off."""

import io
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from ftops.adapters.dataset_files.packings import LONGEST_MAGIC, Packing, packing_of
from ftops.adapters.dataset_files.paths import BUFFER, PathRefusedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_UNPACKED: Final = 8 << 30
"""More than any provider takes."""

FREE_OF_RATIO: Final = 64 << 20
"""So much may come of however little: small data may be as dull as it likes."""

_CHUNK: Final = 1 << 16


def unpacked(stream: BinaryIO, shown: str) -> BinaryIO:
    """Return the stream, or what is in it if it is packed; told by its begin, not by its name."""
    begin = stream.read(LONGEST_MAGIC)
    stream.seek(0)
    packing = packing_of(begin)
    if packing is None:
        return stream
    return cast("BinaryIO", io.BufferedReader(_Unpacking(stream, shown, packing), BUFFER))


class _Unpacking(io.RawIOBase):
    """Reads member after member; only the begin can be sought."""

    def __init__(self, stream: BinaryIO, shown: str, packing: Packing) -> None:
        self._stream = stream
        self._shown = shown
        self._packing = packing
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
        self._member = self._packing.open_member()
        self._packed = b""
        self._taken = 0
        self._given = 0

    def _next(self, wanted: int) -> bytes:
        """Return up to so many bytes; none at the end."""
        while not self._member.eof or self._opens_another():
            try:
                found = self._member.unpack(self._packed, wanted)
            except self._packing.error as error:
                raise self._refused("is damaged: it cannot be unpacked") from error
            self._packed = self._member.left
            if found:
                return found
            if not self._member.eof and not self._packed and not self._take():
                raise self._refused("is damaged: it ends too early")
        return b""

    def _opens_another(self) -> bool:
        """Go on to the next member, past what may stand before it."""
        self._packed = self._member.unused.lstrip(self._packing.padding)
        while not self._packed:
            if not self._take():
                return False
            self._packed = self._packed.lstrip(self._packing.padding)
        self._member = self._packing.open_member()
        return True

    def _take(self) -> bool:
        self._packed = self._stream.read(_CHUNK)
        self._taken += len(self._packed)
        return bool(self._packed)

    def _refuse_bomb(self) -> None:
        most = self._packing.most_ratio
        if self._given > max(FREE_OF_RATIO, most * self._taken):
            raise self._refused(f"unpacks to more than {most:,} times its size")
        if self._given > MOST_UNPACKED:
            raise self._refused(f"unpacks to more than {MOST_UNPACKED >> 30} GiB")

    def _refused(self, reason: str) -> PathRefusedError:
        hint = f"unpack it with {self._packing.program} -d, and look at it"
        return PathRefusedError(f"{self._shown} {reason}", hint)
