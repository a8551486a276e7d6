"""Looking at one large stream in parts, which several processes may share."""

from collections.abc import Callable
from typing import BinaryIO, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")

Beside = Callable[[BinaryIO], None]


@runtime_checkable
class Parted(Protocol):
    """A stream that knows how to part itself at the ends of lines."""

    def in_parts(
        self, look: Callable[[BinaryIO, int], T], most: int, beside: Beside | None = None
    ) -> list[T] | None:
        """Return what `look` finds in up to so many parts; nothing if one go is as good.

        It is given a part, and where that begins in the whole. What it finds may come out of
        another process. Meanwhile `beside` is given the whole, in a thread.
        """
        ...


def look_in_parts(
    stream: BinaryIO, look: Callable[[BinaryIO, int], T], most: int, beside: Beside | None = None
) -> list[T] | None:
    """Do that if the stream can be parted; whoever looks finds the same wherever it is."""
    return stream.in_parts(look, most, beside) if isinstance(stream, Parted) else None
