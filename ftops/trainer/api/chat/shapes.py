"""Drawn tokens as OpenAI's chat completions, whole or in chunks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from ftops.trainer.recipes.contract import Answer, Token


class TopLogprob(TypedDict):
    """A token that could have been drawn."""

    token: str
    logprob: float
    bytes: list[int]


class Logprob(TopLogprob):
    """A token that was drawn, and the likeliest in its place."""

    top_logprobs: list[TopLogprob]


class Logprobs(TypedDict):
    """How likely each token was."""

    content: list[Logprob]
    refusal: None


class AssistantMessage(TypedDict):
    """What was said."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Any]


class Choice(TypedDict):
    """One whole answer."""

    index: int
    message: AssistantMessage
    logprobs: Logprobs | None
    finish_reason: str


class Part(TypedDict):
    """A piece of a streamed answer."""

    index: int
    delta: dict[str, Any]
    logprobs: Logprobs | None
    finish_reason: str | None


class Usage(TypedDict):
    """Counted tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(TypedDict):
    """A whole completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    system_fingerprint: None
    service_tier: None
    choices: list[Choice]
    usage: Usage
    metadata: dict[str, str] | None


class ChatCompletionChunk(TypedDict):
    """One part of a streamed completion."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    system_fingerprint: None
    service_tier: None
    choices: list[Part]
    usage: Usage | None


class StoredMessage(TypedDict):
    """A turn of a question that was stored with its answer."""

    id: str
    role: str
    content: str | None
    refusal: None
    content_parts: list[Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What all parts of one completion share."""

    id: str
    created: int
    model: str


def choice(index: int, tokens: Sequence[Token], reason: str, *, with_logprobs: bool) -> Choice:
    """Write a whole answer."""
    return {
        "index": index,
        "message": {
            "role": "assistant",
            "content": "".join(token.text for token in tokens),
            "refusal": None,
            "annotations": [],
        },
        "logprobs": _logprobs(tokens) if with_logprobs else None,
        "finish_reason": reason,
    }


def completion(
    heading: Heading, choices: list[Choice], usage: Usage, metadata: dict[str, str] | None
) -> ChatCompletion:
    """Write a whole completion."""
    return {
        "id": heading.id,
        "object": "chat.completion",
        "created": heading.created,
        "model": heading.model,
        "system_fingerprint": None,
        "service_tier": None,
        "choices": choices,
        "usage": usage,
        "metadata": metadata,
    }


def chunk(heading: Heading, parts: list[Part], usage: Usage | None = None) -> ChatCompletionChunk:
    """Write one part of a streamed completion."""
    return {
        "id": heading.id,
        "object": "chat.completion.chunk",
        "created": heading.created,
        "model": heading.model,
        "system_fingerprint": None,
        "service_tier": None,
        "choices": parts,
        "usage": usage,
    }


def opening(index: int) -> Part:
    """Write a streamed choice's first part."""
    return _part(index, {"role": "assistant", "content": "", "refusal": None})


def piece(index: int, token: Token, *, with_logprobs: bool) -> Part:
    """Write one streamed token."""
    part = _part(index, {"content": token.text})
    if with_logprobs:
        part["logprobs"] = _logprobs([token])
    return part


def closing(index: int, answer: Answer) -> Part:
    """Write a streamed choice's last part."""
    part = _part(index, {})
    part["finish_reason"] = answer.finish_reason
    return part


def usage(answers: Sequence[Answer]) -> Usage:
    """Count tokens; the prompt is read once, however many answers are drawn."""
    prompt = answers[0].prompt_tokens
    drawn = sum(answer.completion_tokens for answer in answers)
    return {"prompt_tokens": prompt, "completion_tokens": drawn, "total_tokens": prompt + drawn}


def stored_message(completion_id: str, index: int, message: dict[str, Any]) -> StoredMessage:
    """Write a stored question's turn."""
    content = message.get("content")
    return {
        "id": f"{completion_id}-{index}",
        "role": message["role"],
        "content": content if isinstance(content, str) else None,
        "refusal": None,
        "content_parts": content if isinstance(content, list) else None,
    }


def _part(index: int, delta: dict[str, Any]) -> Part:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}


def _logprobs(tokens: Sequence[Token]) -> Logprobs:
    return {
        "content": [
            {
                **_logprob(token.text, token.logprob),
                "top_logprobs": [_logprob(text, logprob) for text, logprob in token.top],
            }
            for token in tokens
        ],
        "refusal": None,
    }


def _logprob(text: str, logprob: float) -> TopLogprob:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}
