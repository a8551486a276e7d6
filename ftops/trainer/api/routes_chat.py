"""`/v1/chat/completions`."""

import logging
from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ftops.trainer import ids, surroundings
from ftops.trainer.api import chat_shapes
from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.chat_shapes import Heading
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import RefusalError, error_body, no_such_model
from ftops.trainer.api.requests import NewAnswer, parse
from ftops.trainer.recipes.contract import Answer, Model, Sampling

log = logging.getLogger(__name__)

DEFAULT_MAX_TOKENS = 1024


async def complete(request: Request) -> Response:
    """Answer, whole or as a stream."""
    asked = parse(await read_body(request), NewAnswer)
    premises = premises_of(request)
    model = await run_in_threadpool(_model, premises, asked.model)
    heading = Heading(
        id=f"chatcmpl-{ids.random_word(29)}", created=surroundings.now(), model=asked.model
    )
    answers = await run_in_threadpool(_answers, model, asked)
    if asked.stream:
        return StreamingResponse(_stream(heading, asked, answers), media_type="text/event-stream")
    return JSONResponse(await run_in_threadpool(_whole, heading, asked, answers))


def _model(premises: Premises, name: str) -> Model:
    row = premises.store.models.get(name)
    if row is not None:
        return premises.loaded.get(row)
    if name in premises.settings.recipes:
        raise RefusalError(
            400,
            f"{name} knows nothing before it is fine-tuned: make a job and ask its model.",
            param="model",
            code="model_not_trained",
        )
    raise no_such_model(name)


def _answers(model: Model, asked: NewAnswer) -> list[Answer]:
    messages = [msgspec.to_builtins(message) for message in asked.messages]
    return [model.answer(messages, _sampling(asked, index)) for index in range(asked.n or 1)]


def _sampling(asked: NewAnswer, index: int) -> Sampling:
    limits = (asked.max_completion_tokens, asked.max_tokens)
    limit = next((given for given in limits if given is not None), DEFAULT_MAX_TOKENS)
    return Sampling(
        temperature=1.0 if asked.temperature is None else asked.temperature,
        # Nothing is likelier than the likeliest token, so a top_p of 0 still leaves that one.
        top_p=1.0 if asked.top_p is None else max(asked.top_p, 1e-9),
        max_tokens=max(1, limit),
        stop=_stops(asked.stop),
        seed=None if asked.seed is None else asked.seed + index,
        top_logprobs=(asked.top_logprobs or 0) if asked.logprobs else 0,
    )


def _stops(stop: str | list[str] | None) -> tuple[str, ...]:
    given = [stop] if isinstance(stop, str) else stop or []
    return tuple(text for text in given if text)


def _whole(heading: Heading, asked: NewAnswer, answers: list[Answer]) -> dict[str, Any]:
    choices = [
        chat_shapes.choice(index, answer, with_logprobs=bool(asked.logprobs))
        for index, answer in enumerate(answers)
    ]
    return chat_shapes.completion(heading, choices, chat_shapes.usage(answers))


def _stream(heading: Heading, asked: NewAnswer, answers: list[Answer]) -> Iterator[bytes]:
    try:
        for index, answer in enumerate(answers):
            yield _event(chat_shapes.chunk(heading, [chat_shapes.opening(index)]))
            for token in answer:
                part = chat_shapes.piece(index, token, with_logprobs=bool(asked.logprobs))
                yield _event(chat_shapes.chunk(heading, [part]))
            yield _event(chat_shapes.chunk(heading, [chat_shapes.closing(index, answer)]))
        if asked.stream_options is not None and asked.stream_options.include_usage:
            yield _event(chat_shapes.chunk(heading, [], chat_shapes.usage(answers)))
    except Exception:
        # The status line is long gone; the official clients raise on an event that holds an error.
        log.exception("an answer of %s broke off", heading.model)
        yield _event(error_body("The model failed while answering.", kind="server_error"))
    yield b"data: [DONE]\n\n"


def _event(shape: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(shape) + b"\n\n"


ROUTES = (Route("/chat/completions", complete, methods=["POST"]),)
