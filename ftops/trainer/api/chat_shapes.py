"""Drawn tokens as OpenAI's chat completions, whole or in chunks."""

from dataclasses import dataclass
from typing import Any

from ftops.trainer.recipes.contract import Answer, Token

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What all parts of one completion share."""

    id: str
    created: int
    model: str


def choice(index: int, answer: Answer, *, with_logprobs: bool) -> Shape:
    """Draw a whole answer."""
    tokens = list(answer)
    return {
        "index": index,
        "message": {
            "role": "assistant",
            "content": "".join(token.text for token in tokens),
            "refusal": None,
            "annotations": [],
        },
        "logprobs": _logprobs(tokens) if with_logprobs else None,
        "finish_reason": answer.finish_reason,
    }


def completion(heading: Heading, choices: list[Shape], usage: Shape) -> Shape:
    """Write a whole completion."""
    return _with_heading(heading, "chat.completion", choices) | {"usage": usage}


def chunk(heading: Heading, choices: list[Shape], usage: Shape | None = None) -> Shape:
    """Write one part of a streamed completion."""
    return _with_heading(heading, "chat.completion.chunk", choices) | {"usage": usage}


def opening(index: int) -> Shape:
    """Write a streamed choice's first part."""
    return _delta(index, {"role": "assistant", "content": "", "refusal": None})


def piece(index: int, token: Token, *, with_logprobs: bool) -> Shape:
    """Write one streamed token."""
    return _delta(index, {"content": token.text}) | {
        "logprobs": _logprobs([token]) if with_logprobs else None
    }


def closing(index: int, answer: Answer) -> Shape:
    """Write a streamed choice's last part."""
    return _delta(index, {}) | {"finish_reason": answer.finish_reason}


def usage(answers: list[Answer]) -> Shape:
    """Count tokens; the prompt is read once, however many answers are drawn."""
    prompt = answers[0].prompt_tokens
    drawn = sum(answer.completion_tokens for answer in answers)
    return {"prompt_tokens": prompt, "completion_tokens": drawn, "total_tokens": prompt + drawn}


def _delta(index: int, delta: Shape) -> Shape:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}


def _with_heading(heading: Heading, kind: str, choices: list[Shape]) -> Shape:
    return {
        "id": heading.id,
        "object": kind,
        "created": heading.created,
        "model": heading.model,
        "system_fingerprint": None,
        "service_tier": None,
        "choices": choices,
    }


def _logprobs(tokens: list[Token]) -> Shape:
    return {
        "content": [
            _logprob(token.text, token.logprob)
            | {"top_logprobs": [_logprob(text, logprob) for text, logprob in token.top]}
            for token in tokens
        ],
        "refusal": None,
    }


def _logprob(text: str, logprob: float) -> Shape:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}
