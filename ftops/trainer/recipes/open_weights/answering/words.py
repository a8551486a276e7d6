"""What the server and an answering process say to each other: one JSON object a line."""

from typing import Any

import msgspec


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag="ask"):
    """Answer this; `adapter` is a checkpoint's folder, None for the base as it is."""

    number: int
    adapter: str | None
    messages: list[dict[str, Any]]
    temperature: float
    top_p: float
    max_tokens: int
    stop: tuple[str, ...]
    seed: int | None
    top_logprobs: int


class Leave(msgspec.Struct, frozen=True, kw_only=True, tag="leave"):
    """Nobody listens to this answer any more."""

    number: int


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The base is loaded."""


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="began"):
    """The prompt is read: so many tokens."""

    number: int
    prompt_tokens: int


class Said(msgspec.Struct, frozen=True, kw_only=True, tag="said"):
    """One more piece of an answer, and how many tokens were drawn for all of it."""

    number: int
    text: str
    logprob: float
    top: tuple[tuple[str, float], ...]
    drawn: int


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """The answer is over: `stop`, `length`, or an error's words."""

    number: int
    finish_reason: str
    drawn: int
    error: str | None = None


Order = Ask | Leave
Word = Ready | Began | Said | Ended
