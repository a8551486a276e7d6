"""A listing is walked to its end, and never in circles."""

from dataclasses import dataclass

import pytest

from ftops.adapters.openai_provider.paging import walk
from ftops.adapters.openai_provider.shapes import Page
from ftops.errors import ProviderSurprise


@dataclass(frozen=True, slots=True)
class Entry:
    id: str


EVERYTHING = [Entry(f"id-{number}") for number in range(1, 6)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Lists EVERYTHING as well or as badly as it is told to."""

    page_size: int = 2
    says_more: bool = True
    knows_after: bool = True

    def fetch(self, after: str | None) -> Page[Entry]:
        start = int(after.removeprefix("id-")) if after and self.knows_after else 0
        data = EVERYTHING[start : start + self.page_size]
        more = start + self.page_size < len(EVERYTHING)
        return Page(data=data, has_more=more if self.says_more else None)


@pytest.mark.parametrize(
    ("server", "limit"),
    [
        pytest.param(Server(), 2, id="an honest server"),
        pytest.param(Server(page_size=1), 2, id="shorter pages than asked for"),
        pytest.param(Server(says_more=False), 2, id="no has_more: nothing after a short page"),
        pytest.param(Server(says_more=False), 100, id="no has_more, and less than asked for"),
        pytest.param(
            Server(page_size=5, says_more=False, knows_after=False), 100, id="no pages, one short"
        ),
        pytest.param(Server(page_size=5, says_more=False), 5, id="no has_more: an empty one is"),
        pytest.param(Server(says_more=False), None, id="no has_more and no limit"),
        pytest.param(
            Server(page_size=5, says_more=False, knows_after=False), 2, id="no pages at all"
        ),
        pytest.param(
            Server(page_size=5, says_more=False, knows_after=False), None, id="no pages, no limit"
        ),
    ],
)
def test_everything_is_seen_once(server: Server, limit: int | None) -> None:
    pages = list(walk(server.fetch, limit, "things"))
    assert [one for page in pages for one in page] == EVERYTHING


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(Server(knows_after=False), id="the first page for ever"),
        pytest.param(Server(knows_after=False, says_more=False), id="the same without has_more"),
    ],
)
def test_a_server_that_goes_round_in_circles_is_not_believed(server: Server) -> None:
    with pytest.raises(ProviderSurprise, match="circles"):
        list(walk(server.fetch, 2, "things"))


def test_an_empty_page_that_promises_more_is_not_believed() -> None:
    with pytest.raises(ProviderSurprise, match="circles"):
        list(walk(lambda _: Page[Entry](data=[], has_more=True), 2, "things"))


@pytest.mark.parametrize("data", [pytest.param([], id="a list"), pytest.param(None, id="a null")])
def test_nothing_is_listed_by_an_empty(data: list[Entry] | None) -> None:
    assert list(walk(lambda _: Page[Entry](data=data), 2, "things")) == []
