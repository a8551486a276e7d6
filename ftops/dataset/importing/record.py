"""One record of a foreign file, read or not, with the line it begins on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NO_MESSAGES: Final = "it has no messages"

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing to convert; without fields it could not be read, and `reason` says why.

    Where lines tell nothing apart, `line` is the record's number, from 1.
    """

    line: int
    fields: Fields | None = None
    reason: str = ""
    is_numbered: bool = False


class UnfitFileError(ValueError):
    """A file of which nothing can be read, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UnconvertibleError(ValueError):
    """Why a record cannot be converted; never with the record's own words."""
