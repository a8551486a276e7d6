"""How files are packed: gzip and zstd, each read member by member in pieces of bounded size."""

import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
LONGEST_MAGIC: Final = len(_ZSTD)

_GZIP_ONLY: Final = 31
_GZIP_RATIO: Final = 200
"""Gzip packs at most 1032 to 1; large data that repeats one long prompt stays below 150."""

_ZSTD_RATIO: Final = 2_000
"""A repeated prompt of 8 kB, before questions of one word, packs 740 to 1; zeros 32,000 to 1."""

_LARGEST_WINDOW: Final = 27
"""As `zstd -d` allows without being asked: 128 MB of memory."""


class Member(Protocol):
    """One packed piece of a file, of which several may follow one another."""

    @property
    def eof(self) -> bool:
        """Return whether its end was reached."""
        ...

    @property
    def left(self) -> bytes:
        """Return what was given and has to be given again."""
        ...

    @property
    def unused(self) -> bytes:
        """Return what was given beyond the end."""
        ...

    def unpack(self, packed: bytes, wanted: int) -> bytes:
        """Return up to so many bytes; none if more has to be given first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """One way to pack: its program, its limits, what may stand between members."""

    program: str
    most_ratio: int
    padding: bytes
    error: type[Exception]
    open_member: Callable[[], Member]


def packing_of(begin: bytes) -> Packing | None:
    """Return how a file is packed that begins so, None if it is not."""
    if begin.startswith(_GZIP):
        return Packing(
            program="gzip",
            most_ratio=_GZIP_RATIO,
            padding=b"\0",
            error=zlib.error,
            open_member=_GzipMember,
        )
    return _zstd() if begin.startswith(_ZSTD) else None


class _GzipMember:
    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(_GZIP_ONLY)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def left(self) -> bytes:
        return self._decoder.unconsumed_tail

    @property
    def unused(self) -> bytes:
        return self._decoder.unused_data

    def unpack(self, packed: bytes, wanted: int) -> bytes:
        return self._decoder.decompress(packed, wanted)


def _zstd() -> Packing:
    # Few files are packed so, and all others need none of it.
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415 - see above
    else:
        from backports import zstd  # noqa: PLC0415 - see above

    limits = {int(zstd.DecompressionParameter.window_log_max): _LARGEST_WINDOW}

    class ZstdMember:
        """A frame; the decoder itself keeps what it was given."""

        left = b""

        def __init__(self) -> None:
            self._decoder = zstd.ZstdDecompressor(options=limits)

        @property
        def eof(self) -> bool:
            return self._decoder.eof

        @property
        def unused(self) -> bytes:
            return self._decoder.unused_data

        def unpack(self, packed: bytes, wanted: int) -> bytes:
            return self._decoder.decompress(packed, wanted)

    return Packing(
        program="zstd",
        most_ratio=_ZSTD_RATIO,
        padding=b"",
        error=zstd.ZstdError,
        open_member=ZstdMember,
    )
