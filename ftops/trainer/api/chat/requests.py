"""What clients send to be answered, and to find answers again."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ftops.trainer.api.parsing import Metadata

MOST_ANSWERS = 128


class ChatMessage(Struct, frozen=True):
    """One turn; what we cannot read (a name, tool calls) is let through."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(Struct, frozen=True):
    """What a stream ends with."""

    include_usage: bool | None = None


class NewAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a chat completion; the fields from `audio` on are let through without effect."""

    model: str
    messages: Annotated[list[ChatMessage], Meta(min_length=1)]
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    stop: str | Annotated[list[str], Meta(max_length=4)] | None = None
    seed: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None = None
    n: Annotated[int, Meta(ge=1, le=MOST_ANSWERS)] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    store: bool | None = None
    metadata: Metadata | None = None
    audio: Any = None
    frequency_penalty: Annotated[float, Meta(ge=-2, le=2)] | None = None
    function_call: Any = None
    functions: Any = None
    logit_bias: Any = None
    modalities: Any = None
    moderation: Any = None
    parallel_tool_calls: bool | None = None
    prediction: Any = None
    presence_penalty: Annotated[float, Meta(ge=-2, le=2)] | None = None
    prompt_cache_key: Any = None
    prompt_cache_options: Any = None
    prompt_cache_retention: Any = None
    reasoning_effort: Any = None
    response_format: Any = None
    safety_identifier: Any = None
    service_tier: Any = None
    tool_choice: Any = None
    tools: Any = None
    user: Any = None
    verbosity: Any = None
    web_search_options: Any = None


class NewLabels(Struct, frozen=True, forbid_unknown_fields=True):
    """The body that gives a stored completion other metadata."""

    metadata: Metadata | None
