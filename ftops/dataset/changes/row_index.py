"""The rows of a dataset as digests: enough to compare two versions of it without their texts."""

from array import array
from dataclasses import dataclass, field
from typing import Final

INDEX_SCHEMA: Final = 1
"""Raised whenever the same row gets another digest than before."""

MOST_ROWS: Final = 1_000_000
"""Many more than people write; what has more rows is not compared."""

NOTHING: Final = 0
"""The digest of a prompt or an answer that is not there: it is like no other."""

_CODE: Final = "Q"


def no_digests() -> "array[int]":
    """Return a column of digests, still empty."""
    return array(_CODE)


class TooManyRowsError(ValueError):
    """Data of more rows than are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowIndex:
    """Three digests for each row, in the dataset's order.

    A row's digest is of its one spelling, so that spaces or the order of keys are no difference.
    Its prompt and its answer have digests of their own, by which an edited row is known again.
    """

    rows: "array[int]" = field(default_factory=no_digests)
    prompts: "array[int]" = field(default_factory=no_digests)
    answers: "array[int]" = field(default_factory=no_digests)

    def __len__(self) -> int:
        return len(self.rows)

    def note(self, row: int, prompt: int, answer: int) -> None:
        """Take the next row."""
        self.rows.append(row)
        self.prompts.append(prompt)
        self.answers.append(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRows:
    """The rows of a dataset with where each stands, and the digest of its bytes.

    A place is a file's number and a line in one number: line times files plus file.
    """

    digest: str
    index: RowIndex
    files: tuple[str, ...]
    places: "array[int]"

    def place(self, position: int) -> tuple[str, int]:
        """Return the file and the line of a row."""
        line, file = divmod(self.places[position], len(self.files))
        return self.files[file], line
