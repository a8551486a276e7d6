"""`/v1/responses`: one text answer, whole or as events; nothing of it is kept."""

import logging
from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ftops.trainer import ids, surroundings
from ftops.trainer.api.answering import likeliest_share, model_named, token_limit
from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.endpoint import EVENTS, Endpoint
from ftops.trainer.api.parsing import parse
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import RefusalError
from ftops.trainer.api.responses import shapes
from ftops.trainer.api.responses.requests import NewResponse
from ftops.trainer.api.responses.shapes import Heading
from ftops.trainer.recipes.contract import Answer, Message, Sampling

log = logging.getLogger(__name__)

_REFUSED = ("previous_response_id", "conversation", "prompt", "background")


async def respond(request: Request) -> Response:
    """Answer in text, whole or as a stream of events."""
    asked = parse(await read_body(request), NewResponse)
    for name in _REFUSED:
        if getattr(asked, name):
            raise RefusalError(
                400,
                f"'{name}' is not supported here: send the whole conversation as 'input'.",
                param=name,
                code="unsupported_parameter",
            )
    answer = await run_in_threadpool(_answer, premises_of(request), asked)
    heading = Heading(
        id=f"resp_{ids.random_word()}",
        message_id=f"msg_{ids.random_word()}",
        created_at=surroundings.now(),
        asked=asked,
    )
    if asked.stream:
        return StreamingResponse(_stream(heading, answer), media_type=EVENTS)
    text = await run_in_threadpool(lambda: "".join(token.text for token in answer))
    return JSONResponse(shapes.ended(heading, answer, text))


def _answer(premises: Premises, asked: NewResponse) -> Answer:
    sampling = Sampling(
        temperature=1.0 if asked.temperature is None else asked.temperature,
        top_p=likeliest_share(asked.top_p),
        max_tokens=token_limit(asked.max_output_tokens),
    )
    return model_named(premises, asked.model).answer(_messages(asked), sampling)


def _messages(asked: NewResponse) -> list[Message]:
    told: list[Message] = []
    if asked.instructions:
        told.append({"role": "system", "content": asked.instructions})
    if isinstance(asked.input, str):
        return [*told, {"role": "user", "content": asked.input}]
    return told + [{"role": turn.role, "content": _content(turn.content)} for turn in asked.input]


def _content(content: str | list[dict[str, Any]]) -> str | list[dict[str, Any]]:
    """Name text parts as chat completions do."""
    if isinstance(content, str):
        return content
    return [{"type": "text", "text": str(part["text"])} for part in content if "text" in part]


def _stream(heading: Heading, answer: Answer) -> Iterator[bytes]:
    try:
        for number, event in enumerate(_events(heading, answer)):
            body = msgspec.json.encode(event | {"sequence_number": number})
            yield b"event: " + event["type"].encode() + b"\ndata: " + body + b"\n\n"
    except Exception:
        log.exception("a response of %s broke off", heading.asked.model)
        error = {
            "type": "error",
            "code": "server_error",
            "message": "The model failed while answering.",
            "param": None,
            "sequence_number": 0,
        }
        yield b"event: error\ndata: " + msgspec.json.encode(error) + b"\n\n"


def _events(heading: Heading, answer: Answer) -> Iterator[dict[str, Any]]:
    item = {"item_id": heading.message_id, "output_index": 0, "content_index": 0}
    begun = shapes.begun(heading)
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    yield {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": shapes.message(heading, "in_progress", []),
    }
    yield {"type": "response.content_part.added", **item, "part": shapes.output_text("")}
    text = ""
    for token in answer:
        text += token.text
        yield {
            "type": "response.output_text.delta",
            **item,
            "delta": token.text,
            "logprobs": [],
        }
    yield {"type": "response.output_text.done", **item, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **item, "part": shapes.output_text(text)}
    whole = shapes.ended(heading, answer, text)
    yield {"type": "response.output_item.done", "output_index": 0, "item": whole["output"][0]}
    yield {"type": f"response.{whole['status']}", "response": whole}


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/responses",
        answer=respond,
        takes=NewResponse,
        gives=shapes.Response,
        media=(EVENTS,),
    ),
)
