"""A large file that tells how far it has been read; reading it again begins anew."""

import io
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from ftops.ports import ReadingWatch

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER: Final = 1 << 20

WORTH_TELLING: Final = 20_000_000
"""Smaller files are read before anybody wonders."""


class _Watched(io.FileIO):
    """Tells after each block, and once it is at its end."""

    def __init__(self, descriptor: int, shown: str, size: int, watch: ReadingWatch) -> None:
        super().__init__(descriptor, "rb")
        self._shown = shown
        self._size = size
        self._watch = watch
        self._done = 0

    def readinto(self, buffer: "WriteableBuffer", /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        taken = super().readinto(buffer) or 0
        self._done += taken
        self._tell(is_over=not taken)
        return taken

    def seek(self, offset: int, whence: int = 0, /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        self._done = super().seek(offset, whence)
        return self._done

    def close(self) -> None:  # type: ignore[explicit-override]  # typing.override is 3.12's
        if not self.closed:
            self._tell(is_over=True)
        super().close()

    def _tell(self, *, is_over: bool) -> None:
        from ftops.core.progress import Reading  # noqa: PLC0415 - few files are worth telling

        told = Reading(name=self._shown, size=self._size, done=self._done, is_over=is_over)
        self._watch.tell(told)


def watched(descriptor: int, shown: str, size: int, watch: ReadingWatch) -> BinaryIO:
    """Return the open file, of which the watch is told."""
    return cast("BinaryIO", io.BufferedReader(_Watched(descriptor, shown, size, watch), BUFFER))
