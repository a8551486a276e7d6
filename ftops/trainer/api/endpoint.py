"""One operation of the API: what answers it, and what the API's own description says of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Answer = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]

BYTES = "application/octet-stream"
EVENTS = "text/event-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something a query may hold."""

    name: str
    schema: dict[str, Any]
    style: Literal["form", "deepObject"] = "form"


AFTER = Parameter(name="after", schema={"type": "string"})
ORDER = Parameter(name="order", schema={"enum": ["asc", "desc"]})


def limit(most: int) -> Parameter:
    """Describe the size of a page."""
    return Parameter(name="limit", schema={"type": "integer", "minimum": 0, "maximum": most})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A path below `/v1` and a method; `takes` a JSON body or `form`, `gives` JSON or `media`."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    answer: Answer
    takes: type | None = None
    form: dict[str, Any] | None = None
    gives: Any = None
    media: tuple[str, ...] = ()
    query: tuple[Parameter, ...] = ()

    @property
    def summary(self) -> str:
        """Return the first sentence of the answer's own description."""
        return (self.answer.__doc__ or "").partition("\n")[0].rstrip(".")

    def route(self) -> Route:
        """Return what the router needs."""
        return Route(self.path, self.answer, methods=[self.method])
