"""A file in another encoding, read as UTF-8 while it streams by."""

import codecs
import io
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from ftops.dataset.importing.record import UnfitFileError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK: Final = 1 << 16
_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_utf8(stream: BinaryIO, encoding: str | None) -> BinaryIO:
    """Return the stream in UTF-8; without a named encoding a mark at the begin tells UTF-16."""
    if encoding is None:
        begin = stream.read(2)
        stream.seek(0)
        encoding = "utf-16" if begin in _MARKS else None
    if encoding is None or codecs.lookup(encoding).name == "utf-8":
        return stream
    return cast("BinaryIO", io.BufferedReader(_Recoded(stream, encoding), _CHUNK))


def is_text_encoding(name: str) -> bool:
    """Say whether it names an encoding that makes text of bytes."""
    try:
        b"?".decode(name)
    except LookupError:
        return False
    except UnicodeError:
        # One byte is not a whole character everywhere.
        return True
    return True


class _Recoded(io.RawIOBase):
    """Bytes of UTF-8, made as they are asked for; only the begin can be sought."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._start()

    def _start(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self._encoding)(errors="strict")
        self._held = b""
        self._is_over = False
        self._lines = 0

    def seekable(self) -> bool:  # type: ignore[explicit-override]  # typing.override is 3.12's
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        if (offset, whence) != (0, 0):
            raise io.UnsupportedOperation("only the begin can be sought")
        self._start()
        return self._stream.seek(0)

    def readable(self) -> bool:  # type: ignore[explicit-override]  # typing.override is 3.12's
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:  # type: ignore[explicit-override]  # typing.override is 3.12's
        room = memoryview(buffer).cast("B")
        while not self._held and not self._is_over:
            self._held = self._more()
        taken = self._held[: len(room)]
        room[: len(taken)] = taken
        self._held = self._held[len(taken) :]
        return len(taken)

    def _more(self) -> bytes:
        chunk = self._stream.read(_CHUNK)
        self._is_over = not chunk
        try:
            text = self._decoder.decode(chunk, final=self._is_over)
            content = text.encode()
        except UnicodeError as error:
            message = f"the text after line {self._lines + 1} is not {self._encoding}"
            raise UnfitFileError(message, "name its encoding: --encoding NAME") from error
        self._lines += text.count("\n")
        return content
