"""One SQLite table that keeps frozen values as JSON beside the columns it is searched by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from ftops.trainer.store.database import Database


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """Return it."""
        ...


Row = TypeVar("Row", bound=Identified)


class UnknownCursorError(LookupError):
    """A page was to follow a row that is not there, or no longer."""

    def __init__(self, after: str) -> None:
        super().__init__(after)
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a list is wanted: at most `limit` rows that follow the row `after`."""

    limit: int
    after: str | None = None
    newest_first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Part of a list, and whether more follows."""

    rows: tuple[Row, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A condition on the columns, with its values."""

    text: str = "TRUE"
    values: tuple[Any, ...] = ()


EVERYTHING = Where()


def holding(metadata: Mapping[str, str] | None) -> Where:
    """Want rows whose metadata holds all these pairs; `None` wants rows without metadata."""
    if metadata is None:
        return Where(text="(metadata IS NULL OR metadata = '{}')")
    if not metadata:
        return EVERYTHING
    pair = "EXISTS (SELECT 1 FROM json_each(metadata) WHERE key = ? AND value = ?)"
    return Where(
        text=" AND ".join([pair] * len(metadata)),
        values=tuple(part for both in metadata.items() for part in both),
    )


class Table(Generic[Row]):
    """Rows of one kind; `columns` are the fields that are also columns."""

    def __init__(
        self, database: Database, name: str, kind: type[Row], columns: Sequence[str]
    ) -> None:
        """Prepare the statements; names come from our own code, values are always bound."""
        self._database = database
        self._name = name
        self._columns = ("id", *columns)
        self._decoder = msgspec.json.Decoder(kind)
        marks = ", ".join("?" for _ in self._columns)
        settings = ", ".join(f"{column} = ?" for column in (*self._columns, "doc"))
        names = ", ".join(self._columns)
        self._insert = f"INSERT INTO {name} ({names}, doc) VALUES ({marks}, ?)"  # noqa: S608 own names
        self._update = f"UPDATE {name} SET {settings} WHERE id = ?"  # noqa: S608 own names
        self._place = f"SELECT seq FROM {name} WHERE id = ?"  # noqa: S608 own names
        self._select = f"SELECT doc FROM {name} WHERE "  # noqa: S608 own names

    def add(self, row: Row) -> None:
        """Append a row."""
        self._database.change(self._insert, self._values(row))

    def put(self, row: Row) -> None:
        """Replace the row of the same id."""
        self._database.change(self._update, (*self._values(row), row.id))

    def get(self, row_id: str) -> Row | None:
        """Return the row of that id."""
        found = self.all(Where(text="id = ?", values=(row_id,)))
        return found[0] if found else None

    def remove(self, where: Where) -> int:
        """Delete the rows the condition holds for and return how many."""
        return self._database.change(
            f"DELETE FROM {self._name} WHERE {where.text}",  # noqa: S608 own names
            where.values,
        )

    def all(self, where: Where = EVERYTHING) -> tuple[Row, ...]:
        """Return the rows the condition holds for, oldest first."""
        rows = self._database.rows(f"{self._select}{where.text} ORDER BY seq", where.values)
        return tuple(self._decoder.decode(doc) for (doc,) in rows)

    def page(self, window: Window, where: Where = EVERYTHING) -> Page[Row]:
        """Return one page; UnknownCursorError where the row that it should follow is not there."""
        text, values = where.text, where.values
        sign, order = ("<", "DESC") if window.newest_first else (">", "ASC")
        if window.after is not None:
            text += f" AND seq {sign} ?"
            values = (*values, self._place_of(window.after))
        rows = self._database.rows(
            f"{self._select}{text} ORDER BY seq {order} LIMIT ?", (*values, window.limit + 1)
        )
        found = tuple(self._decoder.decode(doc) for (doc,) in rows)
        return Page(rows=found[: window.limit], has_more=len(found) > window.limit)

    def _place_of(self, row_id: str) -> int:
        found = self._database.rows(self._place, (row_id,))
        if not found:
            # Not an empty page: that would read as the end of a list that was cut short.
            raise UnknownCursorError(row_id)
        return int(found[0][0])

    def _values(self, row: Row) -> tuple[Any, ...]:
        plain = msgspec.to_builtins(row)
        columns = (_as_column(plain[name]) for name in self._columns)
        return (*columns, msgspec.json.encode(plain).decode())


def _as_column(value: object) -> object:
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value
