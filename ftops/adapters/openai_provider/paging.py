"""Walk a listing to its end, and never twice around."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from ftops.adapters.openai_provider.shapes import Page
from ftops.errors import ProviderSurprise


class Identified(Protocol):
    """Anything listed: the id of the last one seen is where the next page begins."""

    @property
    def id(self) -> str:
        """Return the id."""
        ...


Entry = TypeVar("Entry", bound=Identified)


def walk(
    fetch: Callable[[str | None], Page[Entry]], limit: int | None, what: str
) -> Iterator[list[Entry]]:
    """Yield each page's unseen entries; `fetch` takes the id after which a page begins.

    A listing that goes round in circles raises ProviderSurprise: an incomplete look could make
    somebody pay twice. Without `has_more` a short page is no end, for some servers give less than
    asked; a page that comes again and is short or longer than asked for is all there is.
    """
    seen: set[str] = set()
    after: str | None = None
    while True:
        page = fetch(after)
        entries = page.data or []
        fresh = [one for one in entries if one.id not in seen]
        if not fresh:
            if page.has_more or (entries and len(entries) == limit):
                raise ProviderSurprise(
                    f"the listing of {what} goes round in circles",
                    hint="the server seems to ignore `after`; ftops cannot trust such a listing",
                )
            return
        yield fresh
        if page.has_more is False:
            return
        seen.update(one.id for one in fresh)
        after = entries[-1].id
