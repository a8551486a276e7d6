"""Reads what a listing is asked for, and writes its pages."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypedDict, TypeVar

from starlette.datastructures import QueryParams

from ftops.trainer.api.problems import invalid
from ftops.trainer.store.table import Identified, Page, Window

MOST_LISTED = 10_000
NO_ID = ""
"""Where OpenAI's schema of a list has no null for the ids of its ends, an empty page has this."""

Row = TypeVar("Row", bound=Identified)
Shape = TypeVar("Shape")


class Listing(TypedDict, Generic[Shape]):
    """One page of a list."""

    object: Literal["list"]
    data: list[Shape]
    has_more: bool
    first_id: str | None
    last_id: str | None


def listing(
    page: Page[Row], shape: Callable[[Row], Shape], no_id: str | None = None
) -> Listing[Shape]:
    """Write one page of a list; `no_id` stands for the ids of the ends of an empty one."""
    return {
        "object": "list",
        "data": [shape(row) for row in page.rows],
        "has_more": page.has_more,
        "first_id": page.rows[0].id if page.rows else no_id,
        "last_id": page.rows[-1].id if page.rows else no_id,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The words for both orders of a list, and the one that counts when none is given."""

    rising: str = "asc"
    falling: str = "desc"
    usual: str = "desc"


NEWEST_FIRST = Orders()
OLDEST_FIRST = Orders(usual="asc")


def window(query: QueryParams, *, default: int, orders: Orders = NEWEST_FIRST) -> Window:
    """Read `after`, `limit` and `order`."""
    text = query.get("limit")
    limit = default
    if text is not None:
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > MOST_LISTED:
            raise invalid("limit", f"expected a number from 0 to {MOST_LISTED}")
        limit = int(text)
    order = query.get("order", orders.usual)
    if order not in {orders.rising, orders.falling}:
        raise invalid("order", f"expected {orders.rising} or {orders.falling}")
    return Window(limit=limit, after=query.get("after"), newest_first=order == orders.falling)


def wanted_metadata(query: QueryParams) -> Mapping[str, str] | None:
    """Read `metadata[k]=v` pairs; `metadata=null` (None) wants what has no metadata."""
    if query.get("metadata") == "null":
        return None
    return {
        name[len("metadata[") : -1]: value
        for name, value in query.multi_items()
        if name.startswith("metadata[") and name.endswith("]")
    }
