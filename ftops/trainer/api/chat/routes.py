"""`/v1/chat/completions`: being answered."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ftops.trainer import ids, surroundings
from ftops.trainer.api.answering import likeliest_share, model_named, stops, token_limit
from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.chat import shapes
from ftops.trainer.api.chat.requests import NewAnswer
from ftops.trainer.api.chat.shapes import ChatCompletion, ChatCompletionChunk, Choice, Heading
from ftops.trainer.api.endpoint import EVENTS, Endpoint
from ftops.trainer.api.parsing import parse
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import error_body, invalid
from ftops.trainer.api.vocabulary import ErrorBody
from ftops.trainer.recipes.contract import Answer, Sampling, Token
from ftops.trainer.store.records import StoredCompletion

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """One question, and the answers that are drawn to it."""

    premises: Premises
    asked: NewAnswer
    heading: Heading
    answers: list[Answer]

    def choice(self, index: int, tokens: list[Token]) -> Choice:
        return shapes.choice(
            index,
            tokens,
            self.answers[index].finish_reason,
            with_logprobs=bool(self.asked.logprobs),
        )

    def end(self, choices: list[Choice]) -> ChatCompletion:
        """Write the whole completion, and keep it if that was asked for."""
        asked, heading = self.asked, self.heading
        whole = shapes.completion(heading, choices, shapes.usage(self.answers), asked.metadata)
        if asked.store:
            self.premises.store.completions.add(
                StoredCompletion(
                    id=heading.id,
                    created_at=heading.created,
                    model=heading.model,
                    metadata=asked.metadata,
                    answer=dict(whole),
                    messages=_messages(asked),
                )
            )
        return whole


async def complete(request: Request) -> Response:
    """Answer, whole or as a stream."""
    asked = parse(await read_body(request), NewAnswer)
    if asked.top_logprobs and not asked.logprobs:
        raise invalid("top_logprobs", "it needs 'logprobs' to be true")
    talk = await run_in_threadpool(_begin, premises_of(request), asked)
    if asked.stream:
        return StreamingResponse(_stream(talk), media_type=EVENTS)
    return JSONResponse(await run_in_threadpool(_whole, talk))


def _begin(premises: Premises, asked: NewAnswer) -> _Talk:
    model = model_named(premises, asked.model)
    messages = _messages(asked)
    return _Talk(
        premises=premises,
        asked=asked,
        heading=Heading(id=ids.completion_id(), created=surroundings.now(), model=asked.model),
        answers=[model.answer(messages, _sampling(asked, index)) for index in range(asked.n or 1)],
    )


def _messages(asked: NewAnswer) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(message) for message in asked.messages]


def _sampling(asked: NewAnswer, index: int) -> Sampling:
    return Sampling(
        temperature=1.0 if asked.temperature is None else asked.temperature,
        top_p=likeliest_share(asked.top_p),
        max_tokens=token_limit(asked.max_completion_tokens, asked.max_tokens),
        stop=stops(asked.stop),
        seed=None if asked.seed is None else asked.seed + index,
        top_logprobs=(asked.top_logprobs or 0) if asked.logprobs else 0,
    )


def _whole(talk: _Talk) -> ChatCompletion:
    return talk.end([talk.choice(index, list(answer)) for index, answer in enumerate(talk.answers)])


def _stream(talk: _Talk) -> Iterator[bytes]:
    heading, options = talk.heading, talk.asked.stream_options
    choices = []
    try:
        for index, answer in enumerate(talk.answers):
            yield _event(shapes.chunk(heading, [shapes.opening(index)]))
            said = []
            for token in answer:
                said.append(token)
                part = shapes.piece(index, token, with_logprobs=bool(talk.asked.logprobs))
                yield _event(shapes.chunk(heading, [part]))
            choices.append(talk.choice(index, said))
            yield _event(shapes.chunk(heading, [shapes.closing(index, answer)]))
        whole = talk.end(choices)
        if options is not None and options.include_usage:
            yield _event(shapes.chunk(heading, [], whole["usage"]))
    except Exception:
        # The status line is long gone; the official clients raise on an event that holds an error.
        log.exception("an answer of %s broke off", heading.model)
        yield _event(error_body("The model failed while answering.", kind="server_error"))
    yield b"data: [DONE]\n\n"


def _event(shape: ChatCompletionChunk | ErrorBody) -> bytes:
    return b"data: " + msgspec.json.encode(shape) + b"\n\n"


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/chat/completions",
        answer=complete,
        takes=NewAnswer,
        gives=ChatCompletion,
        media=(EVENTS,),
    ),
)
