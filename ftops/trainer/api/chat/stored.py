"""`/v1/chat/completions/…`: completions asked with `store`, found again for 30 days."""

from dataclasses import replace
from typing import cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.chat import shapes
from ftops.trainer.api.chat.requests import NewLabels
from ftops.trainer.api.chat.shapes import ChatCompletion, StoredMessage
from ftops.trainer.api.endpoint import AFTER, ORDER, Endpoint, Parameter, limit
from ftops.trainer.api.paging import (
    MOST_LISTED,
    NO_ID,
    OLDEST_FIRST,
    Listing,
    listing,
    wanted_metadata,
    window,
)
from ftops.trainer.api.parsing import parse
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import RefusalError
from ftops.trainer.api.vocabulary import Deleted, deleted
from ftops.trainer.store.records import StoredCompletion
from ftops.trainer.store.table import Page, UnknownCursorError, Where, holding

_LISTED = 20


def list_completions(request: Request) -> Response:
    """List stored completions, oldest first unless `order` says otherwise."""
    query = request.query_params
    where, model = holding(wanted_metadata(query)), query.get("model")
    if model is not None:
        where = Where(text=f"{where.text} AND model = ?", values=(*where.values, model))
    page = premises_of(request).store.completions.page(
        window(query, default=_LISTED, orders=OLDEST_FIRST), where
    )
    return JSONResponse(listing(page, _answer, NO_ID))


def retrieve(request: Request) -> Response:
    """Show a stored completion."""
    return JSONResponse(_answer(_found(premises_of(request), request)))


async def relabel(request: Request) -> Response:
    """Give a stored completion other metadata."""
    asked = parse(await read_body(request), NewLabels)
    return await run_in_threadpool(_relabel, request, asked)


def _relabel(request: Request, asked: NewLabels) -> Response:
    premises = premises_of(request)
    with premises.store.transaction():
        row = replace(_found(premises, request), metadata=asked.metadata)
        premises.store.completions.put(row)
    return JSONResponse(_answer(row))


def delete(request: Request) -> Response:
    """Delete a stored completion."""
    premises = premises_of(request)
    row = _found(premises, request)
    premises.store.completions.remove(Where(text="id = ?", values=(row.id,)))
    return JSONResponse(deleted(row.id, "chat.completion.deleted"))


def list_messages(request: Request) -> Response:
    """List the messages that a stored completion answered."""
    row = _found(premises_of(request), request)
    wanted = window(request.query_params, default=_LISTED, orders=OLDEST_FIRST)
    turns = [_Turn(row.id, index, message) for index, message in enumerate(row.messages)]
    if wanted.newest_first:
        turns.reverse()
    ids = [turn.id for turn in turns]
    if wanted.after is not None:
        if wanted.after not in ids:
            raise UnknownCursorError(wanted.after)
        turns = turns[ids.index(wanted.after) + 1 :]
    page = Page(rows=tuple(turns[: wanted.limit]), has_more=len(turns) > wanted.limit)
    return JSONResponse(listing(page, _Turn.shape, NO_ID))


class _Turn:
    """A message of a stored question, as a row of a list."""

    def __init__(self, completion_id: str, index: int, message: dict[str, object]) -> None:
        self._written = shapes.stored_message(completion_id, index, message)
        self.id = self._written["id"]

    def shape(self) -> StoredMessage:
        return self._written


def _answer(row: StoredCompletion) -> ChatCompletion:
    return cast("ChatCompletion", row.answer | {"metadata": row.metadata})


def _found(premises: Premises, request: Request) -> StoredCompletion:
    completion_id = request.path_params["completion_id"]
    row = premises.store.completions.get(completion_id)
    if row is None:
        raise RefusalError(404, f"No such Completion: {completion_id}", param="completion_id")
    return row


_ALL, _ONE = "/chat/completions", "/chat/completions/{completion_id}"
_PAGE = (AFTER, limit(MOST_LISTED), ORDER)

ENDPOINTS = (
    Endpoint(
        method="GET",
        path=_ALL,
        answer=list_completions,
        gives=Listing[ChatCompletion],
        query=(
            *_PAGE,
            Parameter(name="model", schema={"type": "string"}),
            Parameter(
                name="metadata",
                schema={"type": "object", "additionalProperties": {"type": "string"}},
                style="deepObject",
            ),
        ),
    ),
    Endpoint(method="GET", path=_ONE, answer=retrieve, gives=ChatCompletion),
    Endpoint(method="POST", path=_ONE, answer=relabel, takes=NewLabels, gives=ChatCompletion),
    Endpoint(method="DELETE", path=_ONE, answer=delete, gives=Deleted),
    Endpoint(
        method="GET",
        path=f"{_ONE}/messages",
        answer=list_messages,
        gives=Listing[StoredMessage],
        query=_PAGE,
    ),
)
