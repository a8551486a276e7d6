"""`POST /api/llm/models/{model_id}/test`: one question to one of the project's own models."""

from collections import deque
from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from ftops.core.access import Role
from ftops.core.orders import Question
from ftops.serve.access.gate import caller_of, needs
from ftops.serve.api.stream import EVENT_STREAM, piece_of, wants_stream
from ftops.serve.asking import AnswerView
from ftops.serve.premises import Premises
from ftops.serve.problems import JSON, RefusedError, documented

PATH: Final = "/api/llm/models/{model_id:path}/test"
MOST_CHARACTERS: Final = 100_000
MOST_MESSAGES: Final = 200
MOST_TOKENS: Final = 4096
LARGEST_BODY: Final = 1024 * 1024

Text = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


class NewMessage(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["system", "developer", "user", "assistant"]
    content: Text


class NewQuestion(BaseModel):
    """A prompt or messages, never both; nothing here can name another model or address."""

    model_config = ConfigDict(extra="forbid")

    prompt: Text | None = None
    messages: Annotated[list[NewMessage], Field(min_length=1, max_length=MOST_MESSAGES)] | None = (
        None
    )
    system: Text | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=1, le=MOST_TOKENS)] = 512
    stream: bool = False

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.prompt is None) == (self.messages is None):
            raise ValueError("give either a prompt or messages")
        if sum(len(one.content) for one in self.messages or ()) > MOST_CHARACTERS:
            raise ValueError(f"the messages are longer than {MOST_CHARACTERS} characters together")
        return self

    def question(self) -> Question:
        """Return what is asked, the system text first."""
        given = [{"role": one.role, "content": one.content} for one in self.messages or ()]
        if self.prompt is not None:
            given = [{"role": "user", "content": self.prompt}]
        if self.system is not None:
            given.insert(0, {"role": "system", "content": self.system})
        return Question(
            messages=tuple(given), temperature=self.temperature, max_tokens=self.max_tokens
        )


def register(app: FastAPI, premises: Premises) -> None:
    """Add this route."""
    asking = premises.asking

    @app.post(
        PATH,
        response_model=AnswerView,
        openapi_extra=needs(Role.TESTER),
        tags=["models"],
        summary="Ask a model",
        max_body_size=LARGEST_BODY,
        responses={
            200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}},
            **documented(400, 404, 413, 415, 422, 502, 503),
        },
    )
    async def test_model(request: Request, model_id: str, asked: NewQuestion) -> Response:
        """Ask one of the project's models by its id, or by a spec's name for the one it has now.

        With `stream` the answer comes as events: `piece`, then `answer` or `error`.
        """
        model = asking.find(model_id)
        caller, question = caller_of(request), asked.question()
        pieces = asking.pieces(caller, model, question)
        first = await run_in_threadpool(next, pieces)
        if asked.stream or wants_stream(request):
            return StreamingResponse(_streamed(first, pieces), media_type=EVENT_STREAM)
        answer = await run_in_threadpool(_last, first, pieces)
        return Response(msgspec.json.encode(answer), media_type=JSON)


def _last(first: str | AnswerView, pieces: Iterator[str | AnswerView]) -> str | AnswerView:
    return deque(pieces, maxlen=1)[0] if isinstance(first, str) else first


def _streamed(first: str | AnswerView, pieces: Iterator[str | AnswerView]) -> Iterator[bytes]:
    yield _event(first)
    try:
        for piece in pieces:
            yield _event(piece)
    except RefusedError as refused:
        yield piece_of("error", refused.body)


def _event(piece: str | AnswerView) -> bytes:
    if isinstance(piece, str):
        return piece_of("piece", {"text": piece})
    return piece_of("answer", piece)
