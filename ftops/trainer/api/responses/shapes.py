"""Drawn tokens as OpenAI's response objects."""

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from ftops.trainer.api.responses.requests import NewResponse
from ftops.trainer.recipes.contract import Answer


class OutputText(TypedDict):
    """What was said."""

    type: Literal["output_text"]
    text: str
    annotations: list[Any]
    logprobs: list[Any]


class OutputMessage(TypedDict):
    """The one message of a text response."""

    id: str
    type: Literal["message"]
    status: str
    role: Literal["assistant"]
    content: list[OutputText]


class Response(TypedDict):
    """A response; text is all there is in it."""

    id: str
    object: Literal["response"]
    created_at: int
    status: str
    error: None
    incomplete_details: dict[str, str] | None
    instructions: str | None
    max_output_tokens: int | None
    metadata: dict[str, str]
    model: str
    output: list[OutputMessage]
    parallel_tool_calls: bool
    previous_response_id: None
    store: Literal[False]
    temperature: float
    text: dict[str, Any]
    tool_choice: Literal["none"]
    tools: list[Any]
    top_p: float
    truncation: Literal["disabled"]
    usage: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What all states of one response share."""

    id: str
    message_id: str
    created_at: int
    asked: NewResponse


def begun(heading: Heading) -> Response:
    """Write a response before its first word."""
    return _response(heading, "in_progress", [])


def ended(heading: Heading, answer: Answer, text: str) -> Response:
    """Write a whole response."""
    cut = answer.finish_reason == "length"
    status = "incomplete" if cut else "completed"
    whole = _response(heading, status, [message(heading, status, [output_text(text)])])
    if cut:
        whole["incomplete_details"] = {"reason": "max_output_tokens"}
    whole["usage"] = {
        "input_tokens": answer.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": answer.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": answer.prompt_tokens + answer.completion_tokens,
    }
    return whole


def message(heading: Heading, status: str, content: list[OutputText]) -> OutputMessage:
    """Write the message."""
    return {
        "id": heading.message_id,
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": content,
    }


def output_text(text: str) -> OutputText:
    """Write what was said."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _response(heading: Heading, status: str, output: list[OutputMessage]) -> Response:
    asked = heading.asked
    return {
        "id": heading.id,
        "object": "response",
        "created_at": heading.created_at,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.instructions,
        "max_output_tokens": asked.max_output_tokens,
        "metadata": asked.metadata or {},
        "model": asked.model,
        "output": output,
        "parallel_tool_calls": asked.parallel_tool_calls is not False,
        "previous_response_id": None,
        "store": False,
        "temperature": 1.0 if asked.temperature is None else asked.temperature,
        "text": {"format": {"type": "text"}},
        "tool_choice": "none",
        "tools": [],
        "top_p": 1.0 if asked.top_p is None else asked.top_p,
        "truncation": "disabled",
        "usage": None,
    }
